/** Small drawings beside words: shape tells what colour alone would not. */
import {html, svg} from '../lit.js';

const SHAPES = {
  running: svg`<circle cx="8" cy="8" r="6.2"/><path d="M5.2 8.2l2 2 3.6-4.2"/>`,
  deploying: svg`<path d="M8 13V3.5M4 7.2l4-4 4 4"/>`,
  suspended: svg`<path d="M5.5 3.5v9M10.5 3.5v9"/>`,
  delayed: svg`<circle cx="8" cy="8" r="6.2"/><path d="M8 4.4V8l2.4 1.6"/>`,
  waiting: svg`<path d="M4 2.5h8M4 13.5h8M5 2.5c0 4 6 7 6 11M11 2.5c0 4-6 7-6 11"/>`,
  healthy: svg`<path d="M3 8.5l3.2 3.2L13 4.8"/>`,
  unhealthy: svg`<path d="M4 4l8 8M12 4l-8 8"/>`,
  unknown: svg`<path d="M4 8h8"/>`,
  warning: svg`<path d="M8 2.2L14.4 13.4H1.6zM8 6.4v3.2M8 11.4v.4"/>`,
  live: svg`<circle cx="8" cy="8" r="3.4" fill="currentColor"/>`,
  broken: svg`<circle cx="8" cy="8" r="5"/><path d="M3 13L13 3"/>`,
  closed: svg`<path d="M6 3.5L10.5 8 6 12.5"/>`,
  folder: svg`<path d="M1.8 12.8V3.2h4.4l1.4 1.9h6.6v7.7z"/>`,
  file: svg`<path d="M3.5 1.8h6L12.6 5v9.2H3.5zM9.3 1.8V5.2h3.3"/>`,
  link: svg`<path d="M6.5 9.5l3-3M7 4.8l1.6-1.6a2.7 2.7 0 0 1 4 4L11 8.8M9 11.2l-1.6 1.6a2.7 2.7 0 0 1-4-4L5 7.2"/>`,
  download: svg`<path d="M8 2v8.2M4.4 7L8 10.6 11.6 7M2.5 13.6h11"/>`,
  open: svg`<path d="M3.5 6L8 10.5 12.5 6"/>`,
};

export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[name]}</svg>`;
}
