/** Reads of the API. The page is served at `<root>/ui/`, the API at `<root>/v2/`. */
export const ROOT = new URL('../', document.baseURI);

const TIMEOUT_MS = 10_000;

/** Of this tab alone, and gone when it is closed. */
const TOKEN = 'ekiden.token';

/** Whom the API is asked as; an empty token is nobody. */
export const identity = {
  get known() {
    return sessionStorage.getItem(TOKEN) !== null;
  },
  set token(token) {
    if (token) sessionStorage.setItem(TOKEN, token);
    else sessionStorage.removeItem(TOKEN);
  },
  get headers() {
    return identity.known ? {Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}`} : {};
  },
};

/** A read or a stream that got no usable answer; its message says why in words. */
export class Unanswered extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/** @returns the parsed body of `GET <root>/<path>`; throws {@link Unanswered} */
export async function get(path) {
  const response = await ask(path, {headers: {Accept: 'application/json'}, signal: AbortSignal.timeout(TIMEOUT_MS)});
  try {
    return await response.json();
  } catch (e) {
    throw new Unanswered(`/${path} broke off or is not JSON: ${e.message}`);
  }
}

/** @returns {Promise<Response>} with status 2xx; throws {@link Unanswered} */
export async function ask(path, {headers, ...options} = {}) {
  let response;
  try {
    response = await fetch(new URL(path, ROOT), {
      cache: 'no-store',
      // The browser itself neither asks for a password nor sends one.
      credentials: 'omit',
      headers: {...identity.headers, ...headers},
      ...options,
    });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new Unanswered(
      e.name === 'TimeoutError'
        ? `no answer from ${ROOT.host} within ${TIMEOUT_MS / 1000} s`
        : `${ROOT.host} cannot be reached`,
    );
  }
  if (!response.ok) throw new Unanswered(`${ROOT.host} answers ${await refusal(response)}`, response.status);
  return response;
}

async function refusal(response) {
  const body = await response.json().catch(() => ({}));
  return `${response.status} ${body.message ?? response.statusText}`.trim();
}
