/** Are our rows the server's, by content? And if not, where do they differ? */

import { bucketDigests, bucketOf, sumsDigest } from '../sync/digest';
import type { StoredRow } from './db';
import type { Repair } from './wire';

type Rows = readonly StoredRow[];

function sumsByType(rows: Rows): Map<string, Map<string, string>> {
  const types = new Map<string, Map<string, string>>();
  for (const { etype, eid, sum } of rows) {
    const sums = types.get(etype) ?? new Map<string, string>();
    types.set(etype, sums.set(eid, sum));
  }
  return types;
}

/** The types in which we differ from what the server says of all its rows. */
export async function differing(
  digest: Readonly<Record<string, string>>,
  rows: Rows,
): Promise<string[]> {
  const sums = sumsByType(rows);
  const types = [...new Set([...Object.keys(digest), ...sums.keys()])].sort();
  const ours = await Promise.all(types.map((type) => sumsDigest(sums.get(type) ?? new Map())));
  const nothing = await sumsDigest(new Map());
  return types.filter((type, at) => ours[at] !== (digest[type] ?? nothing));
}

/** What a repair is asked with: where our rows lie, in 256 buckets a type. */
export async function repairOf(types: readonly string[], rows: Rows): Promise<Repair> {
  const sums = sumsByType(rows);
  const digests = types.map(
    async (type) => [type, await bucketDigests(sums.get(type) ?? new Map())] as const,
  );
  return Object.fromEntries(await Promise.all(digests));
}

/** Our rows in the buckets that the server has sent again: what it does not send is gone. */
export async function inBuckets(
  buckets: Readonly<Record<string, readonly number[]>>,
  rows: Rows,
): Promise<(readonly [string, string])[]> {
  const found = rows.map(async ({ etype, eid }) =>
    buckets[etype]?.includes(await bucketOf(eid)) ? [[etype, eid] as const] : [],
  );
  return (await Promise.all(found)).flat();
}
