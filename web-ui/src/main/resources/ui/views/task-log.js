/**
 * `<task-log>`: one log of a task, followed. It scrolls along until its reader scrolls up. What it keeps is bounded: the
 * oldest text goes first.
 *
 * Text is only ever put into text nodes, without lit-html: a log of thousands of lines is not to be compared with itself
 * on each update of the page.
 */
import {html, nothing, render} from '../lit.js';
import {ROOT} from '../live/api.js';
import {LogStream} from '../live/log-stream.js';
import {LogText} from '../rules/log-text.js';
import {bytes} from '../words.js';
import {icon} from './icons.js';

const MOST_BLOCKS = 40;
const BLOCK_CHARACTERS = 32 * 1024;

/** So near to its end a reader is taken to be at it. */
const AT_END_PX = 32;

class TaskLog extends HTMLElement {
  #source = '';
  #stream;
  #text;
  #output;
  #bar;
  #state;

  /** @param {string} path of the log in the API */
  set source(path) {
    if (path === this.#source) return;
    this.#source = path;
    if (this.isConnected) this.#begin();
  }

  connectedCallback() {
    this.#bar = document.createElement('div');
    this.#bar.className = 'log-state';
    this.#output = document.createElement('pre');
    this.#output.className = 'log';
    this.#output.tabIndex = 0;
    this.#output.setAttribute('role', 'log');
    this.#output.setAttribute('aria-label', 'Output of the task');
    this.#output.addEventListener('scroll', () => this.#scrolled());
    this.replaceChildren(this.#bar, this.#output);
    this.#begin();
  }

  disconnectedCallback() {
    this.#stream?.stop();
  }

  #begin() {
    this.#stream?.stop();
    this.#text = new LogText();
    this.#state = {following: true, skipped: 0, empty: true, phase: 'opening'};
    this.#output.replaceChildren();
    this.#draw();
    if (!this.#source) return;
    this.#stream = new LogStream(this.#source, {
      begin: (offset) => this.#note({skipped: offset}),
      text: (text) => this.#append(this.#text.push(text)),
      anew: (why) => {
        this.#text = new LogText();
        this.#mark(`— ${why}: the log begins anew —`);
      },
      connected: () => this.#note({phase: 'following', why: undefined}),
      end: () => this.#note({phase: 'ended'}),
      disconnected: (e, final) => this.#note({phase: final ? 'refused' : 'broken', why: e.message}),
    });
  }

  #note(change) {
    Object.assign(this.#state, change);
    this.#draw();
  }

  #append(text) {
    if (!text) return;
    if (this.#state.empty) this.#note({empty: false});
    let last = this.#output.lastElementChild;
    if (last?.localName !== 'span' || last.textContent.length > BLOCK_CHARACTERS) {
      last = document.createElement('span');
      this.#output.append(last);
    }
    last.append(text);
    this.#bound();
    this.#keepUp();
  }

  #mark(text) {
    const mark = document.createElement('em');
    mark.textContent = `\n${text}\n`;
    this.#output.append(mark);
    this.#bound();
    this.#keepUp();
  }

  #bound() {
    while (this.#output.childElementCount > MOST_BLOCKS) {
      this.#output.firstElementChild.remove();
      if (!this.#state.cut) this.#note({cut: true});
    }
  }

  #keepUp() {
    if (this.#state.following) this.#output.scrollTop = this.#output.scrollHeight;
  }

  #scrolled() {
    const {scrollTop, scrollHeight, clientHeight} = this.#output;
    const following = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    if (following !== this.#state.following) this.#note({following});
  }

  #toEnd() {
    this.#note({following: true});
    this.#keepUp();
    this.#output.focus();
  }

  #draw() {
    const {following, skipped, cut, phase} = this.#state;
    const earlier = skipped > 0 || cut;
    render(
      html`<span role="status">${this.#says()}</span>
        ${earlier ? html`<span class="faint">Earlier output is not shown here${skipped > 0 ? ` (${bytes(skipped)})` : nothing}.</span>` : nothing}
        ${following || phase === 'refused' ? nothing : html`<button @click=${() => this.#toEnd()}>Jump to the newest</button>`}
        <a class="download" href=${new URL(this.#source, ROOT).href} download=${this.#source.split('/').pop()}>${icon('download')}Download</a>`,
      this.#bar,
    );
  }

  #says() {
    const {phase, following, why, empty} = this.#state;
    if (phase === 'opening') return 'Asking the agent for the log …';
    if (phase === 'refused') return html`<b class="bad">No log:</b> ${why}.`;
    if (phase === 'broken') return html`<b class="bad">Not live:</b> ${why}; trying again.`;
    if (phase === 'ended') return `The task has ended${empty ? ' and has written nothing here' : ''}.`;
    if (empty) return 'Following. Nothing was written yet.';
    return following ? 'Following.' : 'Following, without scrolling along.';
  }
}

customElements.define('task-log', TaskLog);
