/** Wires the page: the cluster's picture and the URL are all its state, and the views are a function of both. */
import {html, render} from './lit.js';
import {identity} from './live/api.js';
import {ClusterFeed} from './live/cluster.js';
import {format, parse} from './route.js';
import {appOf} from './rules/tasks.js';
import {agents} from './views/agents.js';
import {apps} from './views/apps.js';
import {header, outage} from './views/header.js';
import {pods} from './views/pods.js';
import {task} from './views/task.js';

/** So that "3 s ago" stays true. */
const TICK_MS = 1_000;

const page = document.getElementById('page');
const picture = {connected: false, signedIn: identity.known};
let route = parse(location.hash);
let drawing = false;
let shown = false;

const feed = new ClusterFeed(
  (part) => {
    Object.assign(picture, part);
    draw();
  },
  openApp,
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
  signIn(event) {
    event.preventDefault();
    become(new FormData(event.target).get('token').trim());
    event.target.reset();
  },
  signOut() {
    become('');
    // Nor may what was looked at stay in the address.
    location.hash = format({app: ''});
    location.reload();
  },
  showAgents(event) {
    const section = document.getElementById('agents');
    event.preventDefault();
    if (section) section.scrollIntoView({behavior: 'smooth'});
    else location.hash = format({app: ''});
  },
};

function become(token) {
  identity.token = token;
  picture.signedIn = identity.known;
  feed.pause();
  feed.start();
}

/** The app that is open, or that the open task is one of. */
function openApp() {
  return route.app || (route.task && appOf(route.task));
}

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const now = Date.now();
    const open = route.task || route.app;
    document.title = open ? `${open} · Ekiden` : 'Ekiden';
    render(
      html`${header(picture, route, actions, now)}
        <main>
          ${outage(picture, actions, now)}
          ${route.task ? task(picture, route, now) : html`${apps(picture, route, actions, now)} ${pods(picture, route, now)} ${agents(picture, now)}`}
        </main>`,
      page,
    );
    showOpenApp();
  });
}

/** Once, when the page was opened by the URL of an app. */
function showOpenApp() {
  if (shown || route.task || !picture.apps) return;
  shown = true;
  document.querySelector('tbody.open')?.scrollIntoView();
}

/** Typing a filter is no page to go back to. */
function go(next) {
  history.replaceState(null, '', format(next));
  arrive();
}

function arrive() {
  const before = {app: openApp(), task: route.task};
  route = parse(location.hash);
  if (openApp() && openApp() !== before.app) feed.refresh();
  if (route.task !== before.task) scrollTo(0, 0);
  draw();
}

function key(event) {
  const field = document.querySelector('.filter input');
  const typing = event.target.closest?.('input, textarea, select');
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/' && !typing && field) {
    event.preventDefault();
    field.focus();
  } else if (event.key === 'Escape' && typing) {
    actions.filter('');
    field.blur();
  } else if (event.key === 'Escape' && route.task) {
    location.hash = format({app: openApp()});
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
