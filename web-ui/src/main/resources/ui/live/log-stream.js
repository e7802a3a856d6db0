/** Follows one log of a task until the task has ended, resuming where the connection broke off. */
import {ask} from './api.js';
import {Frames} from './frames.js';

/** What is shown of a log that is longer. */
const TAIL_BYTES = 256 * 1024;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** It will not help to ask again. */
const FINAL = new Set([400, 401, 403, 404]);

export class LogStream {
  #heard;
  #running = new AbortController();
  #lastId = '';
  #over = false;

  /**
   * @param {string} path of the log
   * @param {{begin(offset: number): void, text(text: string): void, anew(why: string): void, end(): void,
   *   connected(): void, disconnected(why: Error, final: boolean): void}} heard
   */
  constructor(path, heard) {
    this.#heard = heard;
    this.#follow(path);
  }

  stop() {
    this.#running.abort();
  }

  async #follow(path) {
    const {signal} = this.#running;
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted && !this.#over) {
      try {
        const resume = this.#lastId ? {'Last-Event-ID': this.#lastId} : {};
        const response = await ask(`${path}?follow=true&offset=-${TAIL_BYTES}`, {
          headers: {Accept: 'text/event-stream', ...resume},
          signal,
        });
        pause = FIRST_PAUSE_MS;
        this.#heard.connected();
        await this.#read(response, signal);
        if (!this.#over) throw new Error('the connection was closed');
      } catch (e) {
        if (signal.aborted) return;
        const final = FINAL.has(e.status);
        this.#heard.disconnected(e, final);
        if (final) return;
      }
      if (!this.#over) await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  async #read(response, signal) {
    const frames = new Frames();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done && !this.#over; piece = await reader.read()) {
      for (const event of frames.push(piece.value)) {
        if (signal.aborted) return;
        this.#take(event);
      }
      this.#lastId = frames.lastId || this.#lastId;
    }
  }

  #take({type, data}) {
    if (type === 'message') this.#heard.text(data);
    else if (type === 'begin' && !this.#lastId) this.#heard.begin(Number(data));
    else if (type === 'rotated' || type === 'truncated') this.#heard.anew(data);
    else if (type === 'end') {
      this.#over = true;
      this.#heard.end();
    }
  }
}
