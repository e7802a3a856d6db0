/**
 * What the page shows is in its URL: `#/apps/prod/web?filter=prod&sort=-cpu` is the list filtered and sorted, with
 * `/prod/web` open. Pure.
 */
const APPS = '/apps';

/** @returns {{app: string, filter: string, sort: string}} `app` is '' when none is open */
export function parse(hash) {
  const [path, query = ''] = hash.replace(/^#/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  return {
    app: path.startsWith(`${APPS}/`) ? decode(path.slice(APPS.length)).replace(/\/+$/, '') : '',
    filter: parameters.get('filter') ?? '',
    sort: parameters.get('sort') ?? 'name',
  };
}

export function format({app, filter, sort}) {
  const parameters = new URLSearchParams();
  if (filter) parameters.set('filter', filter);
  if (sort !== 'name') parameters.set('sort', sort);
  const query = parameters.size > 0 ? `?${parameters}` : '';
  return `#${APPS}${app.split('/').map(encodeURIComponent).join('/')}${query}`;
}

/** A hand-written URL may hold a stray `%`. */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
