/** WebCrypto as far as the phone uses it: at once, by one thread, and the same for one seed. */

import type { Draw } from './chance';
import { secretFrom, signWith } from './ecdsa';
import type { Bytes, Native } from './native';

/** A key as the database of the phone can clone it. */
interface Key {
  readonly type: 'private' | 'public' | 'secret';
  readonly bytes: Bytes;
}

type Kind = { readonly name: string; readonly [more: string]: unknown };

const plain = (data: unknown): Bytes =>
  data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : Uint8Array.from(data as Uint8Array<ArrayBuffer>);

const NOTHING = new Uint8Array();

export function webCrypto(native: Native, draw: Draw): object {
  const pair = async () => {
    const secret = secretFrom(draw(32));
    const privateKey: Key = { type: 'private', bytes: secret };
    return { privateKey, publicKey: { type: 'public', bytes: native.publicPoint(secret) } };
  };
  const aes = (way: 'seal' | 'open') => async (kind: Kind, key: Key, text: unknown) => {
    const { iv, additionalData = NOTHING } = kind;
    const sealing = { key: key.bytes, nonce: plain(iv), text: plain(text) };
    return native.aes(way, { ...sealing, aad: plain(additionalData) }).buffer;
  };
  const derive = async (kind: Kind, key: Key, bits: number) =>
    kind.name === 'ECDH'
      ? native.shared(key.bytes, (kind.public as Key).bytes).slice(0, bits / 8).buffer
      : hkdf(native, key.bytes, kind, bits / 8).buffer;
  const subtle = {
    digest: async (_kind: unknown, data: unknown) => native.sha256(plain(data)).buffer,
    generateKey: pair,
    exportKey: async (_form: string, key: Key) => key.bytes.slice().buffer,
    importKey: async (_form: string, data: unknown, kind: Kind | string): Promise<Key> => {
      const { name } = typeof kind === 'string' ? { name: kind } : kind;
      return { type: name.startsWith('EC') ? 'public' : 'secret', bytes: plain(data) };
    },
    sign: async (kind: Kind | string, key: Key, data: unknown) => {
      const { name } = typeof kind === 'string' ? { name: kind } : kind;
      if (name === 'HMAC') return native.hmac(key.bytes, plain(data)).buffer;
      return signWith(native, key.bytes, plain(data)).buffer;
    },
    encrypt: aes('seal'),
    decrypt: aes('open'),
    deriveBits: derive,
    deriveKey: async (kind: Kind, key: Key): Promise<Key> => ({
      type: 'secret',
      bytes: new Uint8Array(await derive(kind, key, 256)),
    }),
  };
  const getRandomValues = (into: Uint8Array) => (into.set(draw(into.length)), into);
  return { subtle, getRandomValues };
}

/** RFC 5869 with SHA-256. */
function hkdf(native: Native, secret: Uint8Array, kind: Kind, length: number): Bytes {
  const key = native.hmac(plain(kind.salt), secret);
  const info = plain(kind.info);
  const made = new Uint8Array(length);
  let block: Bytes = NOTHING;
  for (let at = 0, count = 1; at < length; at += 32, count += 1) {
    block = native.hmac(key, Uint8Array.from([...block, ...info, count]));
    made.set(block.subarray(0, Math.min(32, length - at)), at);
  }
  return made;
}
