/**
 * Keeps a picture of the cluster fresh: events say that something changed, reads say what. So a lost, doubled or unknown
 * event can make the picture late, never wrong.
 */
import {get} from './api.js';
import {EventStream} from './event-stream.js';

/** Changes come in bursts; one read serves them all. */
const GATHER_MS = 150;
/** For what changes without an event: pauses before launches, load of agents. */
const POLL_MS = 10_000;

/** They say nothing about the cluster. */
const OF_NO_INTEREST = new Set([
  'event_stream_attached',
  'event_stream_detached',
  'subscribe_event',
  'unsubscribe_event',
]);

export class ClusterFeed {
  #publish;
  #openApp;
  #stream;
  #connected = false;
  #streamDown;
  #readsDown;
  #reading = false;
  #again = false;
  #gathering;
  #polling;

  /**
   * @param {(part: object) => void} publish is given the parts of the picture that were read
   * @param {() => string} openApp the id of the app whose tasks, also those that have ended, are wanted, or ''
   */
  constructor(publish, openApp) {
    this.#publish = publish;
    this.#openApp = openApp;
    this.#stream = new EventStream({
      connected: () => {
        this.#connected = true;
        this.#streamDown = undefined;
        this.#report();
        this.refresh();
      },
      event: (type) => {
        if (!OF_NO_INTEREST.has(type)) this.#soon();
      },
      disconnected: (why) => {
        this.#connected = false;
        this.#streamDown = outage(this.#streamDown, why);
        this.#report();
      },
    });
  }

  start() {
    this.#stream.start();
    this.#polling ??= setInterval(() => this.refresh(), POLL_MS);
    this.refresh();
  }

  /** For a page nobody looks at: a browser has six connections to a server, and a stream holds one of them. */
  pause() {
    this.#stream.stop();
    clearInterval(this.#polling);
    this.#polling = undefined;
  }

  /** Reads everything now, or once more when a read is under way. */
  async refresh() {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    do {
      this.#again = false;
      await this.#read();
    } while (this.#again);
    this.#reading = false;
  }

  #soon() {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.refresh();
    }, GATHER_MS);
  }

  async #read() {
    const id = this.#openApp();
    const reads = {
      info: get('v2/info'),
      apps: get('v2/apps').then((answer) => answer.apps),
      pods: get('v2/pods/::status'),
      queue: get('v2/queue').then((answer) => answer.queue),
      deployments: get('v2/deployments'),
      agents: get('v2/agents').then((answer) => answer.agents),
      ended: id ? get(`v2/tasks/ended?appId=${encodeURIComponent(id)}`).then((answer) => answer.tasks) : undefined,
      open: id ? get(`v2/apps${id.split('/').map(encodeURIComponent).join('/')}`).then((answer) => answer.app) : undefined,
    };
    const names = Object.keys(reads);
    const answers = await Promise.allSettled(Object.values(reads));
    const read = {};
    const unread = {};
    answers.forEach((answer, i) => {
      if (answer.status === 'fulfilled') read[names[i]] = answer.value;
      else unread[names[i]] = answer.reason;
    });
    if (unread.open?.status === 404) read.open = undefined;
    // Without the list of apps there is no picture; any other part is missed only where it is shown.
    this.#readsDown = unread.apps ? outage(this.#readsDown, unread.apps) : undefined;
    this.#publish({...read, unread, openId: id, ...(read.apps && {readAt: Date.now()})});
    this.#report();
  }

  #report() {
    this.#publish({connected: this.#connected, down: this.#readsDown ?? this.#streamDown});
  }
}

/** An outage lasts since it began; its reason is the newest. */
function outage(before, why) {
  return {since: before?.since ?? Date.now(), reason: why.message, unknown: why.status === 401};
}
