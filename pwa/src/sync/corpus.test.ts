/** What phones of every release have recorded: this one finds the same bytes (I20, I21). */

import { expect, test } from 'vitest';
import { canonicalBytes, sha256Hex } from './canonical';
import { checkBody } from './events';
import type { Envelope } from './events';
import { versionOf } from './kinds';

interface Recorded {
  readonly name: string;
  readonly verdict: string;
  readonly hash: string;
  readonly event: Envelope;
}

const RELEASES = import.meta.glob<{ readonly release: string; readonly events: Recorded[] }>(
  '../../../sync/corpus/*.json',
  { eager: true },
);

test.each(Object.values(RELEASES))('it finds the hashes of release $release', async (recorded) => {
  for (const { name, hash, event } of recorded.events) {
    expect(await sha256Hex(canonicalBytes(event)), name).toBe(hash);
  }
});

test('it writes the newest version of each kind, and finds no fault in what was applied', () => {
  const newest = Object.values(RELEASES)
    .flatMap(({ events }) => events)
    .filter(({ verdict, event }) => verdict === 'applied' && event.sv === versionOf(event.kind));

  expect(newest.length).toBeGreaterThan(30);
  for (const { name, event } of newest) {
    expect(checkBody(event.kind, event.sv, event.body), name).toEqual([]);
  }
});
