/** `<task-usage>`: what a running task uses, asked again for as long as it is looked at. */
import {html, nothing, render} from '../lit.js';
import {get} from '../live/api.js';
import {figures} from '../rules/usage.js';
import {fact} from './parts.js';

const REFRESH_MS = 3_000;

class TaskUsage extends HTMLElement {
  #task = '';
  #usage;
  #problem;
  #timer;
  #asking = false;

  /** @param {string} task its id */
  set task(task) {
    if (task === this.#task) return;
    this.#task = task;
    this.#usage = undefined;
    this.#problem = undefined;
    if (this.isConnected) this.#ask();
  }

  connectedCallback() {
    this.#timer = setInterval(() => {
      if (!document.hidden) this.#ask();
    }, REFRESH_MS);
    this.#ask();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /** One question at a time: an agent that is slow is not to be asked the more. */
  async #ask() {
    if (this.#asking || !this.#task) return;
    const task = this.#task;
    this.#asking = true;
    try {
      const usage = await get(`v2/tasks/${encodeURIComponent(task)}/usage`);
      if (task === this.#task) [this.#usage, this.#problem] = [usage, usage.problem];
    } catch (e) {
      // While a task starts there is nothing to tell.
      if (task === this.#task) [this.#usage, this.#problem] = [undefined, e.status === 404 ? undefined : e.message];
    } finally {
      this.#asking = false;
    }
    if (task === this.#task) this.#draw();
    else this.#ask();
  }

  #draw() {
    const shown = this.#usage ? figures(this.#usage.statistics) : [];
    const nothingToTell = shown.length === 0 && !this.#problem;
    render(
      nothingToTell
        ? nothing
        : html`<h3>Usage</h3>
            ${this.#problem ? html`<p class="notice"><b class="bad">Not measured:</b> ${this.#problem}.</p>` : nothing}
            <dl class="columns">${shown.map(({name, value}) => fact(name, value))}</dl>`,
      this,
    );
  }
}

customElements.define('task-usage', TaskUsage);
