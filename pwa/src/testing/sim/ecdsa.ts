/**
 * ECDSA over P-256 that signs the same bytes in the same way every time (in the manner of RFC
 * 6979), so that a seed always gives the same run. For the simulation only: it is not constant in
 * time. The server checks these signatures with its real library.
 */

import type { Bytes, Native } from './native';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const toNumber = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`);

function toBytes(value: bigint): Bytes {
  const text = value.toString(16).padStart(64, '0');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** A secret number of the curve made from 32 bytes. */
export const secretFrom = (bytes: Uint8Array): Bytes =>
  toBytes((toNumber(bytes) % (ORDER - 1n)) + 1n);

function inverse(value: bigint): bigint {
  let [a, b, x, y] = [value % ORDER, ORDER, 1n, 0n];
  while (a > 1n) {
    const times = b / a;
    [a, b] = [b - times * a, a];
    [x, y] = [y - times * x, x];
  }
  return ((x % ORDER) + ORDER) % ORDER;
}

/** 64 bytes, r and s. */
export function signWith(native: Native, secret: Uint8Array, bytes: Uint8Array): Bytes {
  const digest = native.sha256(bytes);
  const once = secretFrom(native.hmac(secret, digest));
  const r = toNumber(native.publicPoint(once).subarray(1, 33)) % ORDER;
  const s = (inverse(toNumber(once)) * ((toNumber(digest) + r * toNumber(secret)) % ORDER)) % ORDER;
  const signature = new Uint8Array(64);
  signature.set(toBytes(r));
  signature.set(toBytes(s), 32);
  return signature;
}
