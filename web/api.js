// The bus's HTTP API. The token goes into a header, never into an address: those end up in histories and logs.

const KEY = 'ifbus.token';
let token = sessionStorage.getItem(KEY) ?? '';

export const hasToken = () => token !== '';

export function keepToken(value) {
  token = value;
  if (value === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, value);
}

/** An answer that is an error: the problem document's title, detail and code. */
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail || document.title || `The server answered ${status}.`);
    this.status = status;
    this.code = document.code ?? '';
    this.title = document.title ?? `Error ${status}`;
  }
}

async function ask(path, options = {}) {
  const headers = { Authorization: `Bearer ${token}`, ...options.headers };
  const response = await fetch(path, { ...options, headers, cache: 'no-store', credentials: 'omit', redirect: 'error' });
  if (response.ok) return response;
  let document = {};
  try { document = await response.json(); } catch { /* not from the bus: the status has to do */ }
  throw new Problem(response.status, document);
}

/** Why the bus takes no work now, in words; empty when it does, null when it does not say. */
export async function unreadyBecause() {
  try {
    const response = await fetch('/readyz', { cache: 'no-store', credentials: 'omit', redirect: 'error' });
    return response.ok ? '' : (await response.json()).reason ?? null;
  } catch {
    return null;
  }
}

export const get = async (path) => (await ask(path)).json();
export const blob = async (path) => (await ask(path)).blob();
export const remove = async (path) => (await ask(path, { method: 'DELETE' })).json();
export const post = async (path, body) =>
  (await ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json();

const SILENT_MILLIS = 40_000;   // the bus says something every 15 s
const MOST_WAIT_MILLIS = 30_000;

/**
 * Follows an event stream for ever, resuming after the last event. EventSource cannot carry a token, so this reads the stream itself.
 * onState: 'live', 'lost' with the seconds until the next try, or 'refused' with the problem, which ends it. Gives a function that ends it.
 */
export function follow(path, { after, onEntry, onState }) {
  const ended = new AbortController();
  let last = after;
  (async () => {
    let failures = 0;
    while (!ended.signal.aborted) {
      try {
        await read(() => { failures = 0; onState('live'); });
      } catch (problem) {
        if (ended.signal.aborted) return;
        if (problem instanceof Problem && (problem.status === 401 || problem.status === 403)) return onState('refused', problem);
        if (problem instanceof Problem && problem.code === 'parameter' && last !== null) return location.reload(); // another log: restored, or begun anew
      }
      if (ended.signal.aborted) return;
      const wait = Math.min(MOST_WAIT_MILLIS, 500 * 2 ** failures++);
      onState('lost', Math.ceil(wait / 1000));
      await new Promise((done) => setTimeout(done, wait));
    }
  })();
  return () => ended.abort();

  async function read(connected) {
    const silence = new AbortController();
    let watchdog;
    const heard = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silence.abort(), SILENT_MILLIS);
    };
    heard();
    try {
      const headers = last === null ? {} : { 'Last-Event-ID': String(last) };
      const response = await ask(path, { headers, signal: AbortSignal.any([ended.signal, silence.signal]) });
      connected();
      const lines = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      let id = null;
      for (;;) {
        const { value, done } = await lines.read();
        if (done) return;
        heard();
        const parts = (rest + value).split('\n');
        rest = parts.pop();
        for (const line of parts) {
          if (line.startsWith('id: ')) id = Number(line.slice(4));
          else if (line.startsWith('data: ')) {
            if (id !== null) last = id;
            onEntry(JSON.parse(line.slice(6)));
          }
        }
      }
    } finally {
      clearTimeout(watchdog);
      silence.abort();
    }
  }
}
