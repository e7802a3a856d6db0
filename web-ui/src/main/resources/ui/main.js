/** Wires the page: the cluster's picture and the URL are all its state, and the views are a function of both. */
import {html, render} from './lit.js';
import {ClusterFeed} from './live/cluster.js';
import {format, parse} from './route.js';
import {agents} from './views/agents.js';
import {apps} from './views/apps.js';
import {header, outage} from './views/header.js';

/** So that "3 s ago" stays true. */
const TICK_MS = 1_000;

const page = document.getElementById('page');
const picture = {connected: false};
let route = parse(location.hash);
let drawing = false;
let shown = false;

const feed = new ClusterFeed(
  (part) => {
    Object.assign(picture, part);
    draw();
  },
  () => route.app,
);

const actions = {
  filter(text) {
    go({...route, filter: text});
  },
  /** Anywhere in a row opens it, except on what has a use of its own, or when text was being marked. */
  follow(event, href) {
    if (event.target.closest('a, button') || getSelection().type === 'Range') return;
    location.hash = href;
  },
  showAgents(event) {
    event.preventDefault();
    document.getElementById('agents').scrollIntoView({behavior: 'smooth'});
  },
};

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const now = Date.now();
    document.title = route.app ? `${route.app} · Ekiden` : 'Ekiden';
    render(
      html`${header(picture, route, actions, now)}
        <main>${outage(picture, now)} ${apps(picture, route, actions, now)} ${agents(picture, now)}</main>`,
      page,
    );
    showOpenApp();
  });
}

/** Once, when the page was opened by the URL of an app. */
function showOpenApp() {
  if (shown || !picture.apps) return;
  shown = true;
  document.querySelector('tbody.open')?.scrollIntoView();
}

/** Typing a filter is no page to go back to. */
function go(next) {
  history.replaceState(null, '', format(next));
  arrive();
}

function arrive() {
  const before = route.app;
  route = parse(location.hash);
  if (route.app && route.app !== before) feed.refresh();
  draw();
}

function key(event) {
  const field = document.querySelector('.filter input');
  const typing = event.target.closest?.('input, textarea, select');
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/' && !typing) {
    event.preventDefault();
    field.focus();
  } else if (event.key === 'Escape' && typing) {
    actions.filter('');
    field.blur();
  } else if (event.key === 'Escape' && route.app) {
    location.hash = format({...route, app: ''});
  }
}

addEventListener('hashchange', arrive);
addEventListener('keydown', key);
document.addEventListener('visibilitychange', () => (document.hidden ? feed.pause() : feed.start()));
setInterval(draw, TICK_MS);
page.replaceChildren();
feed.start();
draw();
