/** Canonical bytes of an event, and their hash. Two languages must give the same bytes. */

import { Problem } from './problems';

/** Our deepest body has five levels. A limit keeps hostile nesting from using up the stack. */
export const DEPTH_MAX = 16;

const LONE_SURROGATE = /\p{Surrogate}/u;
const ASCII = /^[\x00-\x7f]*$/;

/**
 * The one text of a JSON value: sorted ASCII keys, no spaces, integers only.
 *
 * Refuses (`not_canonical`, with the path and the rule) what the two languages write differently:
 * fractions, integers beyond 2^53-1, lone surrogates, keys that are not ASCII, deep nesting.
 */
export function canonicalString(value: unknown): string {
  return write(value, '$', 0);
}

/** The canonical text as UTF-8. */
export function canonicalBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalString(value));
}

/** SHA-256 as 64 lower-case hexadecimal characters. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The identity of an event: SHA-256 over the canonical bytes of its whole envelope. */
export function eventHash(envelope: object): Promise<string> {
  return sha256Hex(canonicalBytes(envelope));
}

function write(value: unknown, path: string, depth: number): string {
  if (depth > DEPTH_MAX) return refuse(path, 'depth_max');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return refuse(path, 'kind_of_value');
    return Number.isSafeInteger(value) ? String(value) : refuse(path, 'integer_range');
  }
  if (typeof value === 'string') {
    return LONE_SURROGATE.test(value) ? refuse(path, 'well_formed_text') : JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, at) => write(item, `${path}[${at}]`, depth + 1)).join()}]`;
  }
  return isPlain(value) ? writeObject(value, path, depth) : refuse(path, 'kind_of_value');
}

function writeObject(value: Readonly<Record<string, unknown>>, path: string, depth: number) {
  const pairs = Object.keys(value).sort().map((key) => {
    if (!ASCII.test(key)) return refuse(path, 'keys_are_ascii');
    return `${JSON.stringify(key)}:${write(value[key], `${path}.${key}`, depth + 1)}`;
  });
  return `{${pairs.join()}}`;
}

/** A Date, a Map or a byte array is not JSON, whatever it would be written as. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refuse(path: string, rule: string): never {
  throw new Problem('not_canonical', { path, rule });
}
