/**
 * What the page shows is in its URL: `#/apps/prod/web?filter=prod&sort=-cpu` is the list filtered and sorted, with
 * `/prod/web` open; `#/tasks/<id>?tab=files&path=data` is one task with the folder `data` of its sandbox. Pure.
 */
const APPS = '/apps';
const TASKS = '/tasks/';

export const TABS = ['details', 'logs', 'files'];

/**
 * @returns {{app: string, task: string, tab: string, stream: string, path: string, view: string, filter: string,
 *   sort: string}} `app` and `task` are '' when none is open, `path` for the sandbox itself, `view` when no file is
 */
export function parse(hash) {
  const [path, query = ''] = hash.replace(/^#/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const tab = parameters.get('tab');
  return {
    app: path.startsWith(`${APPS}/`) ? decode(path.slice(APPS.length)).replace(/\/+$/, '') : '',
    task: path.startsWith(TASKS) ? decode(path.slice(TASKS.length)) : '',
    tab: TABS.includes(tab) ? tab : TABS[0],
    stream: parameters.get('stream') === 'stderr' ? 'stderr' : 'stdout',
    path: parameters.get('path') ?? '',
    view: parameters.get('view') ?? '',
    filter: parameters.get('filter') ?? '',
    sort: parameters.get('sort') ?? 'name',
  };
}

/** The URL of the list of apps. */
export function format({app, filter = '', sort = 'name'}) {
  const parameters = new URLSearchParams();
  if (filter) parameters.set('filter', filter);
  if (sort !== 'name') parameters.set('sort', sort);
  return `#${APPS}${app.split('/').map(encodeURIComponent).join('/')}${query(parameters)}`;
}

/** The URL of a task's page; what is not given is as on its first visit. */
export function formatTask({task, tab = TABS[0], stream = 'stdout', path = '', view = ''}) {
  const parameters = new URLSearchParams();
  if (tab !== TABS[0]) parameters.set('tab', tab);
  if (tab === 'logs' && stream !== 'stdout') parameters.set('stream', stream);
  if (tab === 'files' && path) parameters.set('path', path);
  if (tab === 'files' && view) parameters.set('view', view);
  return `#${TASKS}${encodeURIComponent(task)}${query(parameters)}`;
}

function query(parameters) {
  return parameters.size > 0 ? `?${parameters}` : '';
}

/** A hand-written URL may hold a stray `%`. */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
