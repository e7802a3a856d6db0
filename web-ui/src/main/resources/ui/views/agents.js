/** The agents: who is there, and how full. */
import {html, nothing, repeat} from '../lit.js';
import {cpus, mebibytes} from '../words.js';
import {bar, tag, when} from './parts.js';

const STATES = {
  ACTIVE: {kind: 'healthy', label: 'Active'},
  UNREACHABLE: {kind: 'unhealthy', label: 'Unreachable'},
  LEFT: {kind: 'unknown', label: 'Left'},
};

export function agents(state, now) {
  return html`<section id="agents">
    <h2>Agents</h2>
    ${content(state, now)}
  </section>`;
}

function content(state, now) {
  const {agents: list, unread} = state;
  if (!list) return html`<p class="notice">${unread?.agents ? `The agents could not be read: ${unread.agents.message}.` : 'Asking for the agents …'}</p>`;
  if (list.length === 0) {
    return html`<div class="empty">
      <p>No agent has joined, so nothing can run. The launcher brings one:</p>
      <pre>./ekiden up</pre>
    </div>`;
  }
  return html`<table class="agents">
    <thead>
      <tr>
        <th>Host</th>
        <th>State</th>
        <th>CPU</th>
        <th>Memory</th>
        <th>Tasks</th>
      </tr>
    </thead>
    <tbody>
      ${repeat(
        [...list].sort((a, b) => (a.hostname < b.hostname ? -1 : 1)),
        (agent) => agent.id,
        (agent) => row(agent, now),
      )}
    </tbody>
  </table>`;
}

function row(agent, now) {
  const {kind, label} = STATES[agent.state] ?? {kind: 'unknown', label: agent.state};
  const attributes = Object.entries(agent.attributes ?? {}).map(([key, value]) => `${key}:${value}`);
  return html`<tr>
    <td>
      ${agent.hostname}
      ${agent.id === agent.hostname ? nothing : html`<small>${agent.id}</small>`}
      ${attributes.length > 0 ? html`<small>${attributes.join(', ')}</small>` : nothing}
    </td>
    <td>${tag(kind, label)}${agent.since ? html`<small>since ${when(agent.since, now)}</small>` : nothing}</td>
    <td>${usage(agent.resources, 'cpus', cpus)}</td>
    <td>${usage(agent.resources, 'mem', mebibytes)}</td>
    <td>${agent.tasks}</td>
  </tr>`;
}

function usage({total, used}, kind, say) {
  const text = `${say(used[kind])} of ${say(total[kind])}`;
  const size = Math.min(used[kind], total[kind]);
  return html`${bar([{kind: 'used', size}], total[kind] || 1, `${text} used`)}<small aria-hidden="true">${text}</small>`;
}
