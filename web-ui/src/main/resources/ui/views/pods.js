/** The pods: one row for each, and below it one for each container. */
import {html, nothing, repeat} from '../lit.js';
import {formatTask} from '../route.js';
import {containers, STATUSES} from '../rules/pods.js';
import {stateKind, stateWord} from '../rules/tasks.js';
import {count} from '../words.js';
import {tag, taskAddress, when} from './parts.js';

const HEALTH = {true: {kind: 'healthy', label: 'Healthy'}, false: {kind: 'unhealthy', label: 'Unhealthy'}};

export function pods(state, route, now) {
  const text = route.filter.trim().toLowerCase();
  const found = (state.pods ?? []).filter((pod) => pod.id.toLowerCase().includes(text));
  if (found.length === 0) return nothing;
  return html`<section id="pods">
    <h2>Pods</h2>
    <table class="pods">
      <thead>
        <tr>
          <th>Name</th>
          <th>Status</th>
          <th>Address</th>
          <th>Health</th>
          <th>Since</th>
        </tr>
      </thead>
      ${repeat(
        found.sort((a, b) => (a.id < b.id ? -1 : 1)),
        (pod) => pod.id,
        (pod) => rows(pod, now),
      )}
    </table>
  </section>`;
}

function rows(pod, now) {
  const {kind, label, meaning} = STATUSES[pod.status] ?? {kind: 'unknown', label: pod.status};
  return html`<tbody>
    <tr>
      <td><b>${pod.id}</b></td>
      <td colspan="3">${tag(kind, label, meaning)}<small>${pod.instances.length} of ${count(pod.spec.scaling.instances, 'instance')}</small></td>
      <td>${when(pod.statusSince, now)}</td>
    </tr>
    ${repeat(containers(pod), ({id}) => id, (container) => row(container, now))}
  </tbody>`;
}

function row(container, now) {
  const health = HEALTH[container.healthy] ?? {kind: 'unknown', label: 'Not checked'};
  return html`<tr class="container">
    <td><a href=${formatTask({task: container.id})} title=${container.id}>${container.name}</a></td>
    <td title=${container.state}>${tag(stateKind(container.state), stateWord(container.state))}</td>
    <td>${taskAddress(container)}</td>
    <td>${tag(health.kind, health.label)}</td>
    <td>${when(container.startedAt, now)}</td>
  </tr>`;
}
