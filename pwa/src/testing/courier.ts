/** The runners of the vectors of what somebody else carries: base45, bundles, frames. */

import { fromBase64url, fromHex, fromUtf8, hex, hmac, utf8 } from '../device/bytes';
import { openAnswer } from '../device/seal';
import { fromBase45, toBase45 } from '../sync/base45';
import { fromFile, readAnswer, readBundle, toText } from '../sync/bundle';
import { Collector, frame } from '../sync/fountain';

type Given = Readonly<Record<string, unknown>>;
type Bytes = Uint8Array<ArrayBuffer>;

export function runBase45(given: Given): unknown {
  if ('hex' in given) return toBase45(fromHex(String(given.hex)));
  const data = fromBase45(String(given.text));
  return data && hex(data);
}

export async function runBundle(given: Given): Promise<unknown> {
  const data = fromFile(utf8(String(given.file)));
  if (given.what === 'answer') {
    const { id } = await readAnswer(data);
    return { id: hex(id), told: await openAnswer(data, String(given.secret)) };
  }
  const bundle = await readBundle(data);
  if (given.what === 'outside') {
    return { id: hex(bundle.id), count: bundle.count, same: toText(data).trim() };
  }
  return unsealed(data, given);
}

/** As the server does it; a phone never holds its key. Parts by the offsets of docs/courier.md. */
async function unsealed(data: Bytes, given: Given): Promise<unknown> {
  const p256 = { name: 'ECDH', namedCurve: 'P-256' };
  const pkcs8 = fromBase64url(String(given.server_key));
  const ours = await crypto.subtle.importKey('pkcs8', pkcs8, p256, true, ['deriveBits']);
  const { d: _secret, ...open } = await crypto.subtle.exportKey('jwk', ours);
  const visible = await crypto.subtle.importKey('jwk', { ...open, key_ops: [] }, p256, true, []);
  const own = new Uint8Array(await crypto.subtle.exportKey('raw', visible));
  const point = data.slice(34, 99);
  const theirs = await crypto.subtle.importKey('raw', point, p256, false, []);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, ours, 256);
  const info = new Uint8Array([...utf8('doorstep bundle 1'), ...point, ...own]);
  const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: data.slice(6, 22), info };
  const gcm = { name: 'AES-GCM', length: 256 };
  const key = await crypto.subtle.deriveKey(how, base, gcm, false, ['decrypt']);
  const cipher = { name: 'AES-GCM', iv: data.slice(99, 111), additionalData: data.slice(0, 111) };
  const packed = await crypto.subtle.decrypt(cipher, key, data.slice(111, -8));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const [line = '', mark] = fromUtf8(await new Response(stream).arrayBuffer()).split('\n');
  if ((await hmac(String(given.secret), utf8(line))) !== mark) throw new Error('the mark is wrong');
  return JSON.parse(line);
}

export function runFountain(given: Given): unknown {
  if (!Array.isArray(given.frames)) {
    const { message, sequence, number } = given;
    return hex(frame(fromHex(String(message)), Number(sequence), Number(number)));
  }
  const collector = new Collector();
  const told = given.frames.map((one) => collector.add(fromHex(String(one))));
  const { have, need, message, sequence } = collector;
  return { told, have, need, message: message && hex(message), sequence };
}
