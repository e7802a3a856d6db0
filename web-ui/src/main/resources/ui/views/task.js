/** The page of one task: its details, its logs, its files. */
import {html, nothing} from '../lit.js';
import {format, formatTask, TABS} from '../route.js';
import {taskHealth} from '../rules/health.js';
import {containerOf} from '../rules/pods.js';
import {appOf, checkWord, ranFor, stateKind, stateWord, taskOf} from '../rules/tasks.js';
import {clock} from '../words.js';
import {icon} from './icons.js';
import {fact, tag, taskAddress, when} from './parts.js';
import './task-files.js';
import './task-log.js';
import './task-usage.js';

const LABELS = {details: 'Details', logs: 'Logs', files: 'Files'};
const STREAMS = ['stdout', 'stderr'];

export function task(state, route, now) {
  const appId = appOf(route.task);
  const read = state.openId === appId;
  const app = read && state.open?.id === appId ? state.open : undefined;
  const container = containerOf(route.task, appId, state.pods);
  const found = container ?? (read ? taskOf(route.task, app, state.ended) : undefined);
  return html`<nav class="crumbs" aria-label="Where">
      <a href=${format({app: ''})}>Apps</a>
      <span class="faint" aria-hidden="true">›</span>
      ${container ? html`<span>${appId}</span>` : html`<a href=${format({app: appId})}>${appId || '?'}</a>`}
      <span class="faint" aria-hidden="true">›</span>
      <span>${container ? container.name : 'Task'}</span>
    </nav>
    <div class="task-head">
      <h2><code>${route.task}</code></h2>
      ${found ? tag(stateKind(found.state), stateWord(found.state), found.state) : nothing}
      ${found?.endedAt ? html`<span class="faint">ended ${when(found.endedAt, now)}</span>` : nothing}
    </div>
    ${found ? nothing : absent(state, read)}
    <nav class="tabs" aria-label="Of this task">
      ${TABS.map((tab) => html`<a href=${formatTask({...route, tab})} aria-current=${route.tab === tab ? 'page' : nothing}>${LABELS[tab]}</a>`)}
    </nav>
    <section>${content(route, found, app, now)}</section>`;
}

function absent(state, read) {
  if (!read || (!state.open && !state.ended && !state.unread?.open)) return html`<p class="notice">Asking for the task …</p>`;
  const why = state.unread?.ended ?? state.unread?.open;
  if (why && why.status !== 404) return html`<p class="notice">The task could not be read: ${why.message}.</p>`;
  return html`<p class="notice">No such task is known: it ended longer ago than is remembered, or never was.</p>`;
}

function content(route, found, app, now) {
  if (route.tab === 'logs') return logs(route);
  if (route.tab === 'files') return html`<task-files .at=${{task: route.task, path: route.path, view: route.view}}></task-files>`;
  return found ? details(found, app, now) : nothing;
}

function logs(route) {
  return html`<nav class="streams" aria-label="Log">
      ${STREAMS.map((stream) => html`<a href=${formatTask({...route, stream})} aria-current=${route.stream === stream ? 'page' : nothing}>${stream}</a>`)}
    </nav>
    <task-log .source=${`v2/tasks/${encodeURIComponent(route.task)}/logs/${route.stream}`}></task-log>`;
}

function details(found, app, now) {
  const failure = app?.lastTaskFailure?.taskId === found.id ? app.lastTaskFailure : undefined;
  const message = found.message || failure?.message;
  return html`<div class="app">
    ${message ? html`<section class="box ${stateKind(found.state)}"><h3>${icon('warning')}Last message</h3><p class="message">${message}</p></section>` : nothing}
    <dl class="columns">
      ${fact('State', tag(stateKind(found.state), stateWord(found.state), found.state))}
      ${found.endedAt || !app ? nothing : fact('Health', health(found, app))}
      ${fact('Check', checkWord(found.checkResult))}
      ${fact('Address', found.endedAt ? found.host : taskAddress(found))} ${fact('Agent', found.slaveId)}
      ${fact('Staged', at(found.stagedAt, now))} ${fact('Started', at(found.startedAt, now))}
      ${fact('Ended', found.endedAt ? at(found.endedAt, now) : '')} ${fact('Ran for', ranFor(found) ?? '')}
      ${fact('Version', at(found.version, now))}
    </dl>
    ${found.endedAt ? nothing : html`<task-usage .task=${found.id}></task-usage>`}
    ${volumes(found)} ${app && !found.endedAt ? results(found, app, now) : nothing}
  </div>`;
}

/** Both the time and how long ago: here there is room. */
function at(iso, now) {
  return iso ? html`${when(iso, now)} <span class="faint">${new Date(iso).toLocaleDateString()} ${clock(Date.parse(iso))}</span>` : '';
}

function health(found, app) {
  const {kind, label, cause} = taskHealth(found, app);
  return tag(kind, label, cause);
}

function volumes(found) {
  const list = found.localVolumes ?? [];
  if (list.length === 0) return nothing;
  return html`<h3>Persistent volumes</h3>
    <table class="tasks">
      <thead>
        <tr>
          <th>In the sandbox</th>
          <th>Persistence id</th>
        </tr>
      </thead>
      <tbody>
        ${list.map(
          ({containerPath, persistenceId}) => html`<tr>
            <td><a href=${formatTask({task: found.id, tab: 'files', path: containerPath})}>${containerPath}</a></td>
            <td class="id"><code>${persistenceId}</code></td>
          </tr>`,
        )}
      </tbody>
    </table>`;
}

function results(found, app, now) {
  const checks = app.healthChecks ?? [];
  if (found.healthCheckResults.length === 0) return nothing;
  return html`<h3>Health checks</h3>
    <table class="tasks">
      <thead>
        <tr>
          <th>Check</th>
          <th>Result</th>
          <th>Last success</th>
          <th>Last failure</th>
          <th>Failures in a row</th>
        </tr>
      </thead>
      <tbody>
        ${found.healthCheckResults.map((result, i) => {
          const {protocol, path} = checks[i] ?? {};
          return html`<tr>
            <td>${[protocol, path].filter(Boolean).join(' ') || `check ${i + 1}`}</td>
            <td>${result.alive ? tag('healthy', 'Healthy') : tag('unhealthy', 'Unhealthy')}${result.lastFailureCause ? html`<small>${result.lastFailureCause}</small>` : nothing}</td>
            <td>${when(result.lastSuccess, now)}</td>
            <td>${when(result.lastFailure, now)}</td>
            <td>${result.consecutiveFailures}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
}
