/**
 * The cipher of bundles: ECDH on P-256, HKDF-SHA-256, AES-256-GCM with random nonces.
 *
 * Nothing is counted, ever: this phone's memory may go backwards, and a nonce that is used twice
 * breaks the cipher. The layout is in docs/courier.md.
 */

import { bundleHead, closeUp, readAnswer } from '../sync/bundle';
import { fromBase64url, fromUtf8, hmac, utf8 } from './bytes';
import { Trouble } from './trouble';

type Bytes = Uint8Array<ArrayBuffer>;
type Random = (bytes: number) => Bytes;

/** What a phone puts into a bundle: batches as they stand on the wire. */
export interface Content {
  readonly v: 1;
  readonly device: string;
  readonly made_at: number;
  readonly batches: readonly object[];
}

/** To whom a bundle is sealed, and who says that he made it. */
export interface Seal {
  /** The server's point, base64url. */
  readonly serverKey: string;
  /** The secret of enrolment, base64url. */
  readonly secret: string;
  readonly random: Random;
}

const P256 = { name: 'ECDH', namedCurve: 'P-256' } as const;

/** A bundle of these batches; `count` is the number of their records. */
export async function sealBundle(content: Content, count: number, by: Seal): Promise<Bytes> {
  const point = fromBase64url(by.serverKey);
  const server = await crypto.subtle.importKey('raw', point, P256, false, []);
  const ours = await crypto.subtle.generateKey(P256, false, ['deriveBits']);
  const own = new Uint8Array(await crypto.subtle.exportKey('raw', ours.publicKey));
  const keyId = new Uint8Array(await crypto.subtle.digest('SHA-256', point)).slice(0, 8);
  const id = by.random(16);
  const nonce = by.random(12);
  const head = bundleHead({ id, count, keyId, point: own, nonce });
  const secret = await crypto.subtle.deriveBits(
    { name: 'ECDH', public: server },
    ours.privateKey,
    256,
  );
  const info = new Uint8Array([...utf8('doorstep bundle 1'), ...own, ...point]);
  const key = await derive(secret, { salt: id, info });
  const line = utf8(JSON.stringify(content));
  const mark = utf8(`\n${await hmac(by.secret, line)}`);
  const packed = await through(new CompressionStream('deflate-raw'), [line, mark]);
  const sealed = await crypto.subtle.encrypt(gcm(nonce, head), key, packed);
  return closeUp(head, new Uint8Array(sealed));
}

/** What the server says of a bundle. Throws `not_for_us` for any phone but the one that made it. */
export async function openAnswer(data: Bytes, secret: string): Promise<unknown> {
  const { id, head, nonce, sealed } = await readAnswer(data);
  const info = utf8('doorstep acknowledgement 1');
  const key = await derive(fromBase64url(secret), { salt: id, info });
  try {
    const packed = await crypto.subtle.decrypt(gcm(nonce, head), key, sealed);
    const plain = await through(new DecompressionStream('deflate-raw'), [new Uint8Array(packed)]);
    return JSON.parse(fromUtf8(plain));
  } catch {
    throw new Trouble('not_for_us');
  }
}

const gcm = (iv: Bytes, additionalData: Bytes) => ({ name: 'AES-GCM', iv, additionalData });

async function derive(
  secret: BufferSource,
  { salt, info }: { readonly salt: Bytes; readonly info: Bytes },
): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt, info };
  const kind = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(how, base, kind, false, ['encrypt', 'decrypt']);
}

async function through(
  packer: CompressionStream | DecompressionStream,
  parts: Bytes[],
): Promise<Bytes> {
  const stream = new Blob(parts).stream().pipeThrough(packer);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
