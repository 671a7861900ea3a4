// Checks entries and decisions here, in the browser, rather than believing the server that shows them (CONTRACT §3 and §5).

const utf8 = new TextEncoder();

/** RFC 8785: JavaScript's own way with numbers and strings is the canonical one; only the order of names is to be settled. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
  return JSON.stringify(value);
}

export async function sha256(text) {
  const digest = await crypto.subtle.digest('SHA-256', utf8.encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

const without = (object, ...names) => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

/** The keys that the bus publishes, ready to verify with; null where the browser cannot (no HTTPS, no Ed25519). */
export async function loadKeys(published) {
  if (!globalThis.crypto?.subtle) return null;
  const keys = new Map();
  try {
    for (const { keyId, publicKey } of published) {
      const raw = bytes(publicKey.replace(/^ed25519:/, ''));
      keys.set(keyId, await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']));
    }
    return keys;
  } catch {
    return null;
  }
}

async function signed(keys, keyId, signature, text) {
  const key = keys.get(keyId);
  return key !== undefined && crypto.subtle.verify({ name: 'Ed25519' }, key, bytes(signature), utf8.encode(text));
}

/** What is wrong with an entry, or null. prev: the entry before it, or null when that is not at hand. */
export async function faultOf(entry, prev, keys) {
  if (await sha256(canonical(without(entry, 'hash', 'sig'))) !== entry.hash) return 'its content does not match its hash';
  if (prev !== null && entry.prev !== prev.hash) return 'it does not follow from the entry before it';
  if (entry.seq === 1 && !/^0{64}$/.test(entry.prev)) return 'the first entry follows from something';
  if (!keys.has(entry.keyId)) return `its key ${entry.keyId} is not one of this bus`;
  if (!await signed(keys, entry.keyId, entry.sig, `ifbus-witness-1:${entry.hash}`)) return 'its signature does not hold';
  return null;
}

/** Whether a decision is signed by this bus. */
export async function decisionHolds(decision, keys) {
  const { keyId, value } = decision.signature ?? {};
  return typeof value === 'string' && signed(keys, keyId, value, canonical(without(decision, 'signature')));
}
