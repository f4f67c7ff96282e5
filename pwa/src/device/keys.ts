/** The device key: made here, never leaves. The browser signs; no script can read it. */

import { base64url, fromBase64url, fromHex } from './bytes';

/** P-256, because Ed25519 is missing on many field phones (below Chromium 137). */
export const KEY_ALG = 'ES256';
const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGN = { name: 'ECDSA', hash: 'SHA-256' } as const;

export function makeKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(P256, false, ['sign', 'verify']);
}

/** The public point, 65 bytes uncompressed, as base64url. */
export async function publicPoint(key: CryptoKeyPair): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.exportKey('raw', key.publicKey)));
}

export async function signBytes(key: CryptoKeyPair, bytes: BufferSource): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.sign(SIGN, key.privateKey, bytes)));
}

/** Did the phone of this public point sign the hash? What is no point or no signature: no. */
export async function verifyHash(point: string, hash: string, sig: string): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', fromBase64url(point), P256, true, ['verify']);
    return await crypto.subtle.verify(SIGN, key, fromBase64url(sig), fromHex(hash));
  } catch {
    return false;
  }
}

/** The signature of an event is over the 32 bytes of its hash. */
export function signHash(key: CryptoKeyPair, hash: string): Promise<string> {
  return signBytes(key, fromHex(hash));
}
