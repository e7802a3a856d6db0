/** The cluster, whether the page is live, and the filter. */
import {html, live, nothing} from '../lit.js';
import {ago, clock, count, seconds} from '../words.js';
import {icon} from './icons.js';

export function header(state, route, actions, now) {
  const active = (state.agents ?? []).filter((agent) => agent.state === 'ACTIVE');
  return html`<header>
    <h1><a href="#/apps">Ekiden</a></h1>
    <span class="cluster">${nameOf(state.info)}</span>
    ${state.agents ? html`<a class="quiet" href="#agents" @click=${actions.showAgents}>${agentsLine(active, state.agents)}</a>` : nothing}
    ${badge(state, now)}
    ${state.signedIn ? html`<button class="quiet" @click=${actions.signOut}>Sign out</button>` : nothing}
    ${route.task ? nothing : filter(route, actions)}
  </header>`;
}

function filter(route, actions) {
  return html`<label class="filter">
    <span class="hidden">Filter apps</span>
    <input
    type="search"
    placeholder="Filter by id or label"
    title="Press / to come here, Esc to clear"
    .value=${live(route.filter)}
    @input=${(e) => actions.filter(e.target.value)}
    />
    <kbd aria-hidden="true">/</kbd>
  </label>`;
}

function nameOf(info) {
  return info?.marathon_config?.framework_name ?? info?.name ?? '';
}

function agentsLine(active, all) {
  return active.length === all.length
    ? count(all.length, 'agent')
    : `${active.length} of ${count(all.length, 'agent')} active`;
}

function badge(state, now) {
  if (state.down) {
    const lasted = `since ${clock(state.down.since)}`;
    return html`<span class="badge down" role="status">${icon('broken')}reconnecting ${lasted}</span>`;
  }
  if (!state.connected) return html`<span class="badge" role="status">${icon('broken')}connecting to /v2/events</span>`;
  const read = state.readAt ? `; last read ${ago(state.readAt, now)}` : '';
  return html`<span class="badge live" role="status" title="Following /v2/events${read}">${icon('live')}live</span>`;
}

function signIn(state, actions) {
  return html`<form class="notice sign-in" @submit=${actions.signIn}>
    ${icon('warning')}
    <label>
      <span>${state.signedIn ? 'This token is not known (any more).' : 'This Ekiden asks who you are.'} Your token:</span>
      <input type="password" name="token" autocomplete="off" spellcheck="false" required />
    </label>
    <button>Sign in</button>
  </form>`;
}

/** Why the page is not live, and how old it is; when the API wants to know who asks, a place to say it. */
export function outage(state, actions, now) {
  if (!state.down) return nothing;
  if (state.down.unknown) return signIn(state, actions);
  return html`<p class="notice down">
    ${icon('warning')}
    <span>
      Not live for ${seconds((now - state.down.since) / 1000)}: ${state.down.reason}.
      ${state.readAt ? `This is what the cluster looked like at ${clock(state.readAt)}. ` : ''}Tasks run on without the
      API.
    </span>
  </p>`;
}
