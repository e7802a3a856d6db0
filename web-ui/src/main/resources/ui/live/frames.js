/** Reads `text/event-stream` (WHATWG HTML, "Server-sent events"). Pure: text in, events out. */
export class Frames {
  #rest = '';
  #event = fresh();

  /** The newest `id:` seen; a broken-off event does not count. */
  lastId = '';

  /** @param {string} text the next piece of the stream, cut anywhere
   *  @returns {{type: string, data: string}[]} the events that it completes */
  push(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line) {
    if (line !== '') {
      this.#field(line);
      return [];
    }
    const {id, type, data} = this.#event;
    this.#event = fresh();
    this.lastId = id ?? this.lastId;
    return data.length > 0 ? [{type, data: data.join('\n')}] : [];
  }

  #field(line) {
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (name === 'data') this.#event.data.push(value);
    if (name === 'event') this.#event.type = value;
    if (name === 'id') this.#event.id = value;
  }
}

function fresh() {
  return {id: undefined, type: 'message', data: []};
}
