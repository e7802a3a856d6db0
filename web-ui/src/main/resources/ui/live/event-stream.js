/**
 * Follows `/v2/events` for ever, resuming after the last event that it saw.
 *
 * `fetch` instead of `EventSource`: that one hides why it failed, gives up for good on any status but 200, hears only
 * event types that it was told of, and can send no `Authorization`.
 */
import {ask} from './api.js';
import {Frames} from './frames.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

export class EventStream {
  #heard;
  #frames = new Frames();
  #running;

  /** @param {{connected(): void, event(type: string): void, disconnected(why: Error): void}} heard */
  constructor(heard) {
    this.#heard = heard;
  }

  start() {
    if (this.#running) return;
    this.#running = new AbortController();
    this.#follow(this.#running.signal);
  }

  /** Ends the connection; `start` resumes. */
  stop() {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #follow(signal) {
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        const response = await this.#open(signal);
        pause = FIRST_PAUSE_MS;
        this.#heard.connected();
        await this.#read(response);
        throw new Error('the server closed the event stream');
      } catch (e) {
        if (signal.aborted) return;
        this.#heard.disconnected(e);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  #open(signal) {
    const {lastId} = this.#frames;
    this.#frames = new Frames();
    this.#frames.lastId = lastId;
    const resume = lastId ? {'Last-Event-ID': lastId} : {};
    return ask('v2/events', {headers: {Accept: 'text/event-stream', ...resume}, signal});
  }

  async #read(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      for (const {type} of this.#frames.push(piece.value)) this.#heard.event(type);
    }
  }
}
