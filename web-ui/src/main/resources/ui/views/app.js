/** One app: what happens to it, why it waits, its last failure, its tasks. */
import {html, nothing, repeat} from '../lit.js';
import {formatTask} from '../route.js';
import {taskHealth} from '../rules/health.js';
import {ranFor, stateKind, stateWord} from '../rules/tasks.js';
import {turnedDown} from '../rules/waiting.js';
import {count, cpus, mebibytes} from '../words.js';
import {icon} from './icons.js';
import {fact, tag, taskAddress, untilLaunch, when} from './parts.js';

const ACTIONS = {
  StartApplication: 'start',
  StopApplication: 'stop',
  ScaleApplication: 'scale',
  RestartApplication: 'replace the tasks of',
  StartPod: 'start',
  StopPod: 'stop',
  ScalePod: 'scale',
  RestartPod: 'replace the tasks of',
};

/** @param listed the app as the list has it; its tasks come with a read of its own */
export function details(listed, queued, state, now) {
  const read = state.open?.id === listed.id ? state.open : undefined;
  const app = read ?? listed;
  return html`<div class="app">
    ${app.deployments.map(({id}) => deployment(id, state, now))} ${queued ? launching(queued, app, state, now) : nothing}
    ${app.lastTaskFailure ? failure(app.lastTaskFailure, now) : nothing} ${read ? tasks(read, now) : tasksUnread(listed, state)}
    ${read ? completed(state, now) : nothing}
    ${definition(app, now)}
  </div>`;
}

function deployment(id, state, now) {
  const found = state.deployments?.find((d) => d.id === id);
  if (!found) return nothing;
  const actions = found.currentActions.map(({action, app, pod}) => `${ACTIONS[action] ?? action} ${app ?? pod}`);
  const step = found.currentStep > 0 ? `step ${found.currentStep} of ${found.totalSteps}` : `${count(found.totalSteps, 'step')}, not begun`;
  return html`<section class="box deploying">
    <h3>${icon('deploying')}Deployment, ${step}${actions.length > 0 ? `: ${actions.join(', ')}` : ''}</h3>
    <p>Began ${when(found.version, now)} <code>${id}</code></p>
  </section>`;
}

function launching(queued, app, state, now) {
  return queued.delay.overdue ? waiting(queued, app, state, now) : delayed(queued, state, now);
}

function waiting(queued, app, state, now) {
  const reasons = turnedDown(queued, app);
  const waits = `${count(queued.count, 'instance')} ${queued.count === 1 ? 'waits' : 'wait'} for an agent, since`;
  return html`<section class="box waiting">
    <h3>${icon('waiting')}<span>${waits} ${when(queued.since, now)}</span></h3>
    ${reasons.length > 0
      ? html`<ul>
          ${reasons.map(({cause, agents}) => html`<li>${cause} <b>(${agents})</b></li>`)}
        </ul>`
      : html`<p>${state.agents?.length === 0 ? 'No agent has joined the cluster.' : 'No agent has turned it down: it is about to be placed.'}</p>`}
  </section>`;
}

function delayed(queued, state, now) {
  const held = `${count(queued.count, 'instance')} ${queued.count === 1 ? 'is' : 'are'} held back`;
  return html`<section class="box delayed">
    <h3>${icon('delayed')}Next launch ${untilLaunch(queued, state, now)}</h3>
    <p>Tasks of this configuration failed or ended, so ${held}. The pause grows each time.</p>
  </section>`;
}

function failure(last, now) {
  return html`<section class="box unhealthy">
    <h3>${icon('warning')}<span>Last failure ${when(last.timestamp, now)}${last.host ? ` on ${last.host}` : ''}: ${stateWord(last.state)}</span></h3>
    <p class="message">${last.message || 'It left no message.'}</p>
    <p><code>${last.taskId}</code></p>
  </section>`;
}

function tasks(app, now) {
  if (app.tasks.length === 0) {
    return html`<p class="notice">${app.instances === 0 ? 'No instances are wanted, and none runs.' : 'No task is on an agent yet.'}</p>`;
  }
  return html`<table class="tasks">
    <thead>
      <tr>
        <th>Task</th>
        <th>Address</th>
        <th>Health</th>
        <th>State</th>
        <th class="version">Version</th>
        <th>Since</th>
      </tr>
    </thead>
    <tbody>
      ${repeat(
        [...app.tasks].sort((a, b) => (a.id < b.id ? -1 : 1)),
        (task) => task.id,
        (task) => taskRow(task, app, now),
      )}
    </tbody>
  </table>`;
}

function taskRow(task, app, now) {
  const health = taskHealth(task, app);
  const outdated = task.version && app.versionInfo && task.version < app.versionInfo.lastConfigChangeAt;
  return html`<tr>
    <td class="id"><a href=${formatTask({task: task.id})}><code>${task.id}</code></a></td>
    <td class="address">${taskAddress(task)}</td>
    <td class="health">${tag(health.kind, health.label, health.cause)}${health.cause ? html`<small>${health.cause}</small>` : nothing}</td>
    <td title=${task.state}>${stateWord(task.state)}</td>
    <td class="version">${when(task.version, now)}${outdated ? html`<small>older config</small>` : nothing}</td>
    <td>${task.startedAt ? html`started ${when(task.startedAt, now)}` : html`staged ${when(task.stagedAt, now)}`}</td>
  </tr>`;
}

/** The last tasks to have ended: their sandboxes are kept for a while. */
function completed(state, now) {
  if (!state.ended) return state.unread?.ended ? html`<p class="notice">Ended tasks could not be read: ${state.unread.ended.message}.</p>` : nothing;
  if (state.ended.length === 0) return nothing;
  return html`<h3 class="completed">Completed</h3>
    <table class="tasks">
      <thead>
        <tr>
          <th>Task</th>
          <th>Host</th>
          <th>State</th>
          <th>Ran</th>
          <th>Ended</th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          state.ended,
          (task) => task.taskId,
          (task) => endedRow(task, now),
        )}
      </tbody>
    </table>`;
}

function endedRow(task, now) {
  const ran = ranFor(task);
  return html`<tr>
    <td class="id"><a href=${formatTask({task: task.taskId})}><code>${task.taskId}</code></a></td>
    <td>${task.host}</td>
    <td title=${task.state}>${tag(stateKind(task.state), stateWord(task.state))}${task.message ? html`<small class="cut">${task.message}</small>` : nothing}</td>
    <td>${ran === undefined ? 'never started' : `for ${ran}`}</td>
    <td>ended ${when(task.endedAt, now)}</td>
  </tr>`;
}

function tasksUnread(listed, state) {
  const why = state.openId === listed.id ? state.unread?.open?.message : undefined;
  return html`<p class="notice">${why ? `Its tasks could not be read: ${why}.` : 'Asking for its tasks …'}</p>`;
}

function definition(app, now) {
  const labels = Object.entries(app.labels ?? {}).map(([key, value]) => (value ? `${key}=${value}` : key));
  const checks = (app.healthChecks ?? []).map(({protocol, path}) => [protocol, path].filter(Boolean).join(' '));
  return html`<dl>
    ${fact('Command', app.cmd ?? app.args?.join(' '))} ${fact('Image', app.container?.docker?.image)}
    ${fact('Each instance', `${cpus(app.cpus)} CPU, ${mebibytes(app.mem)} memory${app.disk ? `, ${mebibytes(app.disk)} disk` : ''}`)}
    ${fact('Health checks', checks.join(', ') || 'none')} ${fact('Labels', labels.join(', '))} ${fact('Version', when(app.version, now))}
  </dl>`;
}
