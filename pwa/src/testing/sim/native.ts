/** What Node gives to the simulation; everything in it is done at once and by one thread. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** The key and the nonce of AES-GCM, what is sealed, and what is only vouched for. */
export interface Sealing {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly text: Uint8Array;
  readonly aad: Uint8Array;
}

export interface Native {
  sha256(bytes: Uint8Array): Bytes;
  hmac(key: Uint8Array, bytes: Uint8Array): Bytes;
  /** The point on P-256 of a secret number, 65 bytes. */
  publicPoint(secret: Uint8Array): Bytes;
  /** The bytes that two keys share (ECDH), 32 bytes. */
  shared(secret: Uint8Array, point: Uint8Array): Bytes;
  /** AES-GCM with the tag behind the text. Throws when the tag does not hold. */
  aes(way: 'seal' | 'open', what: Sealing): Bytes;
  pack(format: string, bytes: Uint8Array): Bytes;
  /** As much as can be unpacked; throws only when the bytes are none of that format. */
  unpack(format: string, bytes: Uint8Array): Bytes;
  /** A program of the phone as a function of the names that it finds around it. */
  program(name: 'tab' | 'worker', names: readonly string[]): (...globals: unknown[]) => unknown;
  /** Resolves when every promise that could go on has done so. */
  turn(): Promise<void>;
}
