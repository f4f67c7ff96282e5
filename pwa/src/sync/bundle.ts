/**
 * A bundle that somebody else carries: its layout and its way as text.
 *
 * Layout in docs/courier.md; see sync/bundle.py. Sealing and opening are in device/seal.ts.
 */

import { Problem } from './problems';

type Bytes = Uint8Array<ArrayBuffer>;

export const BUNDLE_BYTES_MAX = 512_000;

const MAGIC = [0x44, 0x4f, 0x4f, 0x52, 1];
const TAG_BYTES = 16;
const CHECK_BYTES = 8;
const TEXT = 'doorstep:';

/** Magic, version, kind, id. */
const COMMON = 22;

/** The outside of a bundle; `head` is everything before the ciphertext. */
export interface Bundle {
  readonly id: Bytes;
  /** Records inside, as the phone says that made it. */
  readonly count: number;
  readonly head: Bytes;
}

/** The outside of a sealed acknowledgement; `id` is that of its bundle. */
export interface Answer {
  readonly id: Bytes;
  readonly head: Bytes;
  readonly nonce: Bytes;
  readonly sealed: Bytes;
}

export interface BundleHead {
  readonly id: Bytes;
  readonly count: number;
  /** The first 8 bytes of SHA-256 of the server's point. */
  readonly keyId: Bytes;
  /** The ephemeral point, uncompressed. */
  readonly point: Bytes;
  readonly nonce: Bytes;
}

/** Everything before the ciphertext: it is authenticated with it. */
export function bundleHead({ id, count, keyId, point, nonce }: BundleHead): Bytes {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, count);
  return join([Uint8Array.from([...MAGIC, 1]), id, number, keyId, point, nonce]);
}

/** Head and ciphertext, and behind them the start of the SHA-256 of both. */
export async function closeUp(head: Bytes, sealed: Bytes): Promise<Bytes> {
  const data = join([head, sealed]);
  return join([data, await checkOf(data)]);
}

/** The outside of a bundle. Refuses `bundle_invalid` and `bundle_damaged`. */
export async function readBundle(data: Bytes): Promise<Bundle> {
  const head = await checked(data, 1, 111);
  const count = new DataView(data.buffer, data.byteOffset).getUint32(COMMON);
  return { id: data.slice(6, COMMON), count, head };
}

/** The parts of an acknowledgement. Refuses `bundle_invalid` and `bundle_damaged`. */
export async function readAnswer(data: Bytes): Promise<Answer> {
  const head = await checked(data, 2, 34);
  const sealed = data.slice(head.length, -CHECK_BYTES);
  return { id: data.slice(6, COMMON), head, nonce: data.slice(COMMON, 34), sealed };
}

/** Is it a bundle (1), an acknowledgement (2), or nothing of ours (0)? */
export function kindOf(data: Uint8Array): number {
  return MAGIC.every((byte, at) => data[at] === byte) ? (data[5] ?? 0) : 0;
}

/** As the text of a file, for phones share text most easily. */
export function toText(data: Uint8Array): string {
  const letters = Array.from(data, (byte) => String.fromCharCode(byte)).join('');
  const base64 = btoa(letters).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  return `${TEXT}${base64}\n`;
}

/** The bytes of a file, whether it holds them as they are or as text. */
export function fromFile(data: Bytes): Bytes {
  if (kindOf(data)) return data;
  const text = String.fromCharCode(...data.subarray(0, 20)).trimStart();
  if (!text.startsWith(TEXT)) return data;
  const letters = Array.from(data, (byte) => String.fromCharCode(byte)).join('');
  const base64 = letters.replace(/\s/g, '').slice(TEXT.length);
  try {
    const plain = atob(base64.replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  } catch {
    return data;
  }
}

async function checked(data: Bytes, kind: number, head: number): Promise<Bytes> {
  if (kindOf(data) !== kind) throw new Problem('bundle_invalid');
  const body = data.slice(0, -CHECK_BYTES);
  const check = await checkOf(body);
  const holds = check.every((byte, at) => data[body.length + at] === byte);
  if (body.length < head + TAG_BYTES || !holds) throw new Problem('bundle_damaged');
  return data.slice(0, head);
}

async function checkOf(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data)).slice(0, CHECK_BYTES);
}

function join(parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
