/** What several views are made of. */
import {html, nothing, svg} from '../lit.js';
import {httpUrl} from '../rules/ports.js';
import {absolute, ago, seconds} from '../words.js';
import {icon} from './icons.js';

/** "3 min ago", the exact time on hover. */
export function when(iso, now) {
  if (!iso) return html`<span class="faint">–</span>`;
  return html`<time datetime=${iso} title=${absolute(iso)}>${ago(Date.parse(iso), now)}</time>`;
}

/** When a delayed app may launch again: the queue's figure, counted on from when it was read. */
export function untilLaunch(queued, state, now) {
  const left = queued.delay.timeLeftSeconds - (now - state.readAt) / 1000;
  return left > 0 ? `in ${seconds(left)}` : 'is due';
}

/** A word with its shape and colour. */
export function tag(kind, label, meaning) {
  return html`<span class="tag ${kind}" title=${meaning ?? nothing}>${icon(kind)}${label}</span>`;
}

/**
 * A bar of parts side by side. The page's policy forbids inline style, so widths are attributes of a drawing.
 *
 * @param {{kind: string, size: number}[]} parts
 * @param {string} text the same in words, for those who do not see it
 */
export function bar(parts, whole, text) {
  let x = 0;
  const drawn = parts.map(({kind, size}) => {
    const width = (100 * size) / whole;
    const part = svg`<rect class="part ${kind}" x=${x} width=${width} height="10"/>`;
    x += width;
    return part;
  });
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label=${text}>
    <title>${text}</title>
    <rect class="part rest" width="100" height="10"/>${drawn}
  </svg>`;
}

/** A fact in a list of facts. */
export function fact(name, value) {
  return value === undefined || value === ''
    ? nothing
    : html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
}

/** Where a task listens, each port a link where a browser can open it. */
export function taskAddress(task) {
  const ports = task.ports ?? [];
  if (ports.length === 0) return task.host;
  return ports.map((port, i) => {
    const text = i === 0 ? `${task.host}:${port}` : `:${port}`;
    const url = httpUrl(task.host, port);
    return url ? html`<a href=${url}>${text}</a> ` : `${text} `;
  });
}
