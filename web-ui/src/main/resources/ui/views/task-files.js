/** `<task-files>`: the sandbox of a task: its folders, and its text files. */
import {html, nothing, render, repeat} from '../lit.js';
import {ask, get, identity, ROOT} from '../live/api.js';
import {formatTask} from '../route.js';
import {plain} from '../rules/log-text.js';
import {bytes} from '../words.js';
import {icon} from './icons.js';
import {when} from './parts.js';

/** Of a file at a time, and of a file at all: the rest is for a download. */
const PIECE_BYTES = 64 * 1024;
const MOST_BYTES = 1024 * 1024;

/** More rows than anyone reads. */
const MOST_ROWS = 1_000;

/** A listing is read again: tasks write while one looks. */
const REFRESH_MS = 5_000;

const SIZE_OF = new TextEncoder();

class TaskFiles extends HTMLElement {
  #at = {};
  #folder;
  #file;
  #problem;
  #timer;
  #reads = 0;

  /** @param {{task: string, path: string, view: string}} at the folder, or the file if `view` is not '' */
  set at(at) {
    const before = this.#at;
    this.#at = at;
    const same = at.task === before.task && at.path === before.path && at.view === before.view;
    if (!same && this.isConnected) this.#open();
  }

  connectedCallback() {
    this.#timer = setInterval(() => {
      if (!document.hidden && !this.#at.view) this.#list();
    }, REFRESH_MS);
    this.#open();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#reads++;
  }

  #open() {
    this.#folder = undefined;
    this.#file = undefined;
    this.#problem = undefined;
    this.#draw();
    if (this.#at.view) this.#read();
    else this.#list();
  }

  /** Only the newest read counts: an older answer may come after it. */
  async #answer(path, take) {
    const read = ++this.#reads;
    try {
      const answer = await get(path);
      if (read !== this.#reads) return;
      this.#problem = undefined;
      take(answer);
    } catch (e) {
      if (read !== this.#reads) return;
      this.#problem = e.message;
    }
    this.#draw();
  }

  #list() {
    return this.#answer(this.#api('browse', {path: this.#at.path}), (files) => (this.#folder = files));
  }

  async #read() {
    const {view} = this.#at;
    const from = this.#file?.next ?? 0;
    await this.#answer(this.#api('read', {path: view, offset: -1}), ({offset}) => {
      this.#file = {text: '', next: 0, ...this.#file, size: offset};
    });
    if (this.#problem || this.#at.view !== view) return;
    await this.#answer(this.#api('read', {path: view, offset: from, length: PIECE_BYTES}), ({data}) => {
      const binary = data.includes('\u0000') || data.includes('\uFFFD');
      this.#file.text += plain(data);
      this.#file.binary = this.#file.binary || binary;
      // Where bytes are no text, they cannot be counted by it.
      this.#file.next = binary ? from + PIECE_BYTES : from + SIZE_OF.encode(data).length;
    });
  }

  #api(action, parameters) {
    return `v2/tasks/${encodeURIComponent(this.#at.task)}/files/${action}?${new URLSearchParams(parameters)}`;
  }

  /** A link cannot say who asks: then the file is fetched first, and handed to the browser whole. */
  #download = async (event) => {
    if (!identity.known) return;
    event.preventDefault();
    const {href, download} = event.currentTarget;
    try {
      const file = URL.createObjectURL(await (await ask(href)).blob());
      Object.assign(document.createElement('a'), {href: file, download}).click();
      setTimeout(() => URL.revokeObjectURL(file), 60_000);
    } catch (e) {
      this.#problem = e.message;
      this.#draw();
    }
  };

  #href(path) {
    return new URL(this.#api('download', {path}), ROOT).href;
  }

  #draw() {
    const shown = this.#at.view ? this.#text() : this.#listing();
    render(html`${this.#crumbs()} ${this.#problem ? this.#unread() : shown}`, this);
  }

  #crumbs() {
    const {task, path, view} = this.#at;
    const steps = (view || path).split('/').filter(Boolean);
    const link = (n) => formatTask({task, tab: 'files', path: steps.slice(0, n).join('/')});
    return html`<nav class="crumbs" aria-label="Folder">
      ${steps.length === 0 ? html`<b>sandbox</b>` : html`<a href=${link(0)}>sandbox</a>`}
      ${steps.map(
        (step, i) => html`<span class="faint" aria-hidden="true">/</span>${i === steps.length - 1 ? html`<b aria-current="page">${step}</b>` : html`<a href=${link(i + 1)}>${step}</a>`}`,
      )}
    </nav>`;
  }

  #unread() {
    return html`<p class="notice">
      <b class="bad">Not read:</b> ${this.#problem}. <button @click=${() => this.#open()}>Try again</button>
    </p>`;
  }

  #listing() {
    if (!this.#folder) return html`<p class="notice">Asking the agent for the files …</p>`;
    if (this.#folder.length === 0) return html`<p class="notice">This folder is empty.</p>`;
    return html`<table class="files">
      <thead>
        <tr>
          <th>Name</th>
          <th class="size">Size</th>
          <th class="modified">Modified</th>
          <th class="mode">Mode</th>
          <th class="owner">Owner</th>
          <th><span class="hidden">Download</span></th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          sorted(this.#folder).slice(0, MOST_ROWS),
          (file) => file.path,
          (file) => this.#row(file),
        )}
      </tbody>
    </table>
    ${this.#folder.length > MOST_ROWS ? html`<p class="notice">More than ${MOST_ROWS} entries: the others are not shown.</p>` : nothing}`;
  }

  #row(file) {
    const name = file.path.split('/').pop();
    const plainFile = file.mode.startsWith('-');
    return html`<tr>
      <td class="name">${this.#named(file, name)}</td>
      <td class="size">${isFolder(file) ? nothing : bytes(file.size)}</td>
      <td class="modified">${when(new Date(file.mtime * 1000).toISOString(), Date.now())}</td>
      <td class="mode"><code>${file.mode}</code></td>
      <td class="owner">${file.uid}</td>
      <td class="act">
        ${plainFile ? html`<a href=${this.#href(file.path)} download=${name} @click=${this.#download} title="Download ${name}">${icon('download')}<span class="hidden">Download ${name}</span></a>` : nothing}
      </td>
    </tr>`;
  }

  #named(file, name) {
    const {task} = this.#at;
    if (isFolder(file)) return html`<a href=${formatTask({task, tab: 'files', path: file.path})}>${icon('folder')}<span>${name}</span></a>`;
    if (file.mode.startsWith('-')) {
      return html`<a href=${formatTask({task, tab: 'files', view: file.path})}>${icon('file')}<span>${name}</span></a>`;
    }
    const what = file.mode.startsWith('l') ? 'a link, which is not followed' : 'not a file with content';
    return html`<span class="faint" title=${what}>${icon('link')}<span>${name}</span></span>`;
  }

  #text() {
    const file = this.#file;
    if (!file) return html`<p class="notice">Asking the agent for the file …</p>`;
    const {view} = this.#at;
    const done = file.next >= file.size;
    const most = file.next >= MOST_BYTES;
    return html`<div class="log-state">
        <span role="status">${file.size === 0 ? 'The file is empty.' : done ? bytes(file.size) : `The first ${bytes(Math.min(file.next, file.size))} of ${bytes(file.size)}`}${file.binary ? '. It does not look like text.' : ''}</span>
        <a class="download" href=${this.#href(view)} download=${view.split('/').pop()} @click=${this.#download}>${icon('download')}Download</a>
      </div>
      ${file.size === 0 ? nothing : html`<pre class="log text" tabindex="0" aria-label=${view}>${file.text}</pre>`}
      ${done ? nothing : most ? html`<p class="notice">The rest is not shown here: download the file.</p>` : html`<p class="notice"><button @click=${() => this.#read()}>Show more</button></p>`}`;
  }
}

/** Folders first. */
function sorted(files) {
  return [...files].sort((a, b) => isFolder(b) - isFolder(a) || (a.path < b.path ? -1 : 1));
}

function isFolder(file) {
  return file.mode.startsWith('d');
}

customElements.define('task-files', TaskFiles);
