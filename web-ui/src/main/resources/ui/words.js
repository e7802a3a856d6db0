/** Numbers and times as people say them. Pure. */
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function seconds(total) {
  const s = Math.max(0, Math.round(total));
  if (s < MINUTE) return `${s} s`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)} min`;
  if (s < DAY) return `${Math.floor(s / HOUR)} h ${Math.floor((s % HOUR) / MINUTE)} min`;
  return `${Math.floor(s / DAY)} d ${Math.floor((s % DAY) / HOUR)} h`;
}

/** @param {number} at and @param {number} now milliseconds since 1970 */
export function ago(at, now) {
  // The server's clock may be a little ahead of this one.
  return now - at < 1000 ? 'just now' : `${seconds((now - at) / 1000)} ago`;
}

export function clock(at) {
  return new Date(at).toLocaleTimeString(undefined, {hour12: false});
}

/** Local time with its zone, and what the API calls it. */
export function absolute(iso) {
  const local = new Date(iso).toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'long', hour12: false});
  return `${local}\n${iso}`;
}

export function count(n, one, many = `${one}s`) {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

export function cpus(n) {
  return String(Math.round(n * 1000) / 1000);
}

/** @param {number} n in MiB, as Marathon has it */
export function mebibytes(n) {
  if (n < 1024) return `${Math.round(n)} MiB`;
  const gib = n / 1024;
  return `${gib < 100 ? Math.round(gib * 10) / 10 : Math.round(gib)} GiB`;
}

/** @param {number} n in bytes */
export function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = n < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(n) / 10));
  const scaled = n / 1024 ** unit;
  return `${unit === 0 || scaled >= 100 ? Math.round(scaled) : Math.round(scaled * 10) / 10} ${units[unit]}`;
}
