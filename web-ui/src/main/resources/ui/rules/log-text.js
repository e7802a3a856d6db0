/** Makes a log's text harmless to look at. Pure. */

/** ECMA-48: control sequences, operating system commands and the like, and two-character escapes. */
const ESCAPES = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\^-~]/g;

/** An escape whose rest has not come yet. */
const UNFINISHED = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)$/;

/** What is not to be seen, and what would turn the direction of all that follows. */
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** No honest escape is longer. */
const LONGEST = 1024;

export class LogText {
  #rest = '';

  /** @returns {string} the text without escapes, as far as it can be told */
  push(text) {
    const all = this.#rest + text;
    const [cut = ''] = UNFINISHED.exec(all.slice(-LONGEST)) ?? [];
    this.#rest = cut;
    return plain(cut ? all.slice(0, -cut.length) : all);
  }
}

export function plain(text) {
  return text.replace(ESCAPES, '').replace(CONTROLS, '');
}
