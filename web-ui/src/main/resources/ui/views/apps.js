/** The list of apps, one of them open. */
import {html, nothing, repeat} from '../lit.js';
import {ROOT} from '../live/api.js';
import {format} from '../route.js';
import {healthParts, shortfall} from '../rules/health.js';
import {httpUrl, servicePorts} from '../rules/ports.js';
import {STATUSES, statusOf} from '../rules/status.js';
import {count, cpus, mebibytes} from '../words.js';
import {details} from './app.js';
import {icon} from './icons.js';
import {bar, tag, untilLaunch} from './parts.js';

/** More rows than anyone reads; the filter finds the rest. */
const MOST_ROWS = 500;

const COLUMNS = [
  {key: 'name', label: 'Name', by: (a, b) => (a.id < b.id ? -1 : 1)},
  {key: 'cpu', label: 'CPU', by: (a, b) => a.cpus * a.instances - b.cpus * b.instances},
  {key: 'memory', label: 'Memory', by: (a, b) => a.mem * a.instances - b.mem * b.instances},
  {key: 'status', label: 'Status', by: (a, b, queue) => rank(a, queue) - rank(b, queue)},
  {key: 'running', label: 'Running', by: (a, b) => a.tasksRunning - b.tasksRunning},
  {key: 'health', label: 'Health', by: (a, b) => shortfall(b) - shortfall(a)},
  {key: 'address', label: 'Address'},
];

export function apps(state, route, actions, now) {
  if (!state.apps) {
    return html`<p class="notice">${state.down ? `No apps read yet: ${state.down.reason}.` : `Asking ${ROOT.host}/v2/apps for the apps …`}</p>`;
  }
  if (state.apps.length === 0) return state.pods?.length > 0 ? nothing : empty();
  const queue = new Map(state.queue?.filter((item) => item.app && item.count > 0).map((item) => [item.app.id, item]));
  const text = route.filter.trim().toLowerCase();
  const found = sorted(
    state.apps.filter((app) => matches(app, text)),
    route.sort,
    queue,
  );
  return html`
    ${route.app && !state.apps.some((app) => app.id === route.app) ? unknown(route) : nothing}
    ${found.length === 0 ? noMatch(route, actions) : table(found, queue, state, route, actions, now)}
  `;
}

function table(found, queue, state, route, actions, now) {
  return html`<table class="apps">
      <thead>
        <tr>
          ${COLUMNS.map((column) => heading(column, route))}
        </tr>
      </thead>
      ${repeat(
        found.slice(0, MOST_ROWS),
        (app) => app.id,
        (app) => row(app, queue.get(app.id), state, route, actions, now),
      )}
    </table>
    ${found.length > MOST_ROWS ? html`<p class="notice">The first ${MOST_ROWS} of ${count(found.length, 'app')}: filter to see others.</p>` : nothing}`;
}

function heading({key, label, by}, route) {
  if (!by) return html`<th class=${key}>${label}</th>`;
  const down = route.sort === `-${key}`;
  const up = route.sort === key;
  return html`<th class=${key} aria-sort=${up ? 'ascending' : down ? 'descending' : 'none'}>
    <a href=${format({...route, sort: up ? `-${key}` : key})}>${label}<span aria-hidden="true">${up ? ' ↑' : down ? ' ↓' : ''}</span></a>
  </th>`;
}

function row(app, queued, state, route, actions, now) {
  const open = route.app === app.id;
  const status = statusOf(app, queued);
  const href = format({...route, app: open ? '' : app.id});
  return html`<tbody class=${open ? 'open' : ''}>
    <tr @click=${(e) => actions.follow(e, href)}>
      <td class="name">
        <a href=${href} aria-expanded=${open}>${icon(open ? 'open' : 'closed')}<span>${name(app.id)}</span></a>
      </td>
      <td class="cpu" title="${cpus(app.cpus)} each">${cpus(app.cpus * app.instances)}</td>
      <td class="memory" title="${mebibytes(app.mem)} each">${mebibytes(app.mem * app.instances)}</td>
      <td class="status">${tag(status, STATUSES[status].label, STATUSES[status].meaning)}${progress(app, queued, state, now)}</td>
      <td class="running">${app.tasksRunning} of ${app.instances}</td>
      <td class="health">${health(app)}</td>
      <td class="address">${addresses(app)}</td>
    </tr>
    ${open ? html`<tr class="details"><td colspan=${COLUMNS.length}>${details(app, queued, state, now)}</td></tr>` : nothing}
  </tbody>`;
}

function name(id) {
  const cut = id.lastIndexOf('/') + 1;
  return html`<span class="faint">${id.slice(0, cut)}</span>${id.slice(cut)}`;
}

function progress(app, queued, state, now) {
  if (queued && !queued.delay.overdue) return html`<small>launch ${untilLaunch(queued, state, now)}</small>`;
  if (queued) return html`<small>${count(queued.count, 'instance')}</small>`;
  const mine = app.deployments.map(({id}) => state.deployments?.find((deployment) => deployment.id === id));
  const known = mine.find((deployment) => deployment !== undefined);
  return known ? html`<small>step ${known.currentStep} of ${known.totalSteps}</small>` : nothing;
}

function health(app) {
  const parts = healthParts(app);
  const unchecked = (app.healthChecks ?? []).length === 0;
  const say = (kind) => (kind === 'unknown' && unchecked ? 'not checked' : kind);
  const text = parts.map(({kind, tasks}) => `${tasks} ${say(kind)}`).join(', ') || 'no instances';
  const drawn = parts.map(({kind, tasks}) => ({kind, size: tasks}));
  const whole = parts.reduce((sum, {tasks}) => sum + tasks, 0) || 1;
  return html`${bar(drawn, whole, text)}<small aria-hidden="true">${text}</small>`;
}

function addresses(app) {
  const ports = servicePorts(app);
  if (ports.length === 0) return html`<span class="faint">–</span>`;
  return ports.map(({port, name, tcp}) => {
    const url = tcp ? httpUrl(location.hostname, port) : undefined;
    const label = `:${port}`;
    return url ? html`<a href=${url} title="${name ?? 'service port'} ${url}">${label}</a> ` : html`<span title="udp">${label} udp</span> `;
  });
}

function rank(app, queue) {
  return Object.keys(STATUSES).indexOf(statusOf(app, queue.get(app.id)));
}

function matches(app, text) {
  const labels = Object.entries(app.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return [app.id, ...labels].some((part) => part.toLowerCase().includes(text));
}

/** Ties, and columns that do not exist, go by name. */
function sorted(list, sort, queue) {
  const [byName] = COLUMNS;
  const column = COLUMNS.find(({key, by}) => by && key === sort.replace(/^-/, '')) ?? byName;
  const direction = sort.startsWith('-') ? -1 : 1;
  return list.sort((a, b) => direction * column.by(a, b, queue) || byName.by(a, b));
}

function empty() {
  return html`<section class="empty">
    <h2>No apps yet</h2>
    <p>Start one with the launcher:</p>
    <pre>./ekiden up examples/hello.json</pre>
    <p>or send its definition to this cluster:</p>
    <pre>curl -H 'Content-Type: application/json' -d @examples/hello.json ${new URL('v2/apps', ROOT).href}</pre>
  </section>`;
}

function unknown(route) {
  return html`<p class="notice">No app has the id <b>${route.app}</b>: it was deleted, or never was. <a href=${format({...route, app: ''})}>Close</a></p>`;
}

function noMatch(route, actions) {
  return html`<p class="notice">
    No app's id or label contains <b>${route.filter}</b>. <button @click=${() => actions.filter('')}>Clear the filter</button>
  </p>`;
}
