/** Digests of rows: one for all of a kind, and 256 by which two sides find where they differ. */

import { sha256Hex } from './canonical';

export const BUCKETS = 256;
const BUCKET_CHARS = 16;

/** The SHA-256 of each canonical row by its eid: all that a digest needs to know of it. */
export type Sums = ReadonlyMap<string, string>;

/** SHA-256 over the sorted lines "eid:sum\n". Not a sum: two equal errors would cancel out. */
export function sumsDigest(sums: Sums): Promise<string> {
  const lines = Array.from(sums, ([eid, sum]) => `${eid}:${sum}\n`).sort();
  return sha256Hex(bytesOf(lines.join('')));
}

/** In which bucket a row lies: the first byte of the SHA-256 of its eid. */
export async function bucketOf(eid: string): Promise<number> {
  return parseInt((await sha256Hex(bytesOf(eid))).slice(0, 2), 16);
}

/** The 256 digests of the rows of one type; '' for an empty bucket. */
export async function bucketDigests(sums: Sums): Promise<string[]> {
  const buckets = new Map<number, Map<string, string>>();
  for (const [eid, sum] of sums) {
    const bucket = await bucketOf(eid);
    buckets.set(bucket, (buckets.get(bucket) ?? new Map<string, string>()).set(eid, sum));
  }
  const digests = Array<string>(BUCKETS).fill('');
  for (const [bucket, held] of buckets) {
    digests[bucket] = (await sumsDigest(held)).slice(0, BUCKET_CHARS);
  }
  return digests;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
