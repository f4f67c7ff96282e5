/** The start after a loss. Method: stores that lost their end, all of it, or their key as well. */

import { beforeEach, expect, test } from 'vitest';
import { emptyStorage } from '../store/testing';
import { aVisit, enrolledPhone, LANE, LI_WEI, wakePhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { openDb } from '../store/db';
import { keep, metaOf } from '../store/meta';
import { identityRecord, reconcile } from '../store/recover';
import { beginAgain, lookBack } from './look-back';
import { record } from './record';

let bench: Bench;

beforeEach(async () => {
  emptyStorage();
  bench = await enrolledPhone();
  for (const household of ['W01', 'W02', 'W03']) {
    await record(bench.phone, { facts: [aVisit(household)], lines: [] });
  }
});

/** Start from what the journal still holds; the database is gone, and its key unless it is kept. */
async function startWith(records: number, key: CryptoKeyPair | null): Promise<number> {
  const { journal, sentinel } = bench;
  journal.payloads = journal.payloads.slice(0, records);
  emptyStorage();
  const db = await openDb();
  const found = await reconcile(db, journal, await journal.open(false));
  if (key) await keep(db, { key });
  bench = await wakePhone(db, journal, sentinel);
  await lookBack(bench.phone, found.toDatabase);
  await beginAgain(bench.phone);
  return found.toDatabase;
}

const places = () =>
  bench.phone.log.value.map(({ lane, seq, event }) => [lane === LANE, seq, event.kind]);
const told = async () => (await metaOf(bench.phone.db, 'incidents'))?.map(({ kind }) => kind);

test('it says nothing when nothing is gone', async () => {
  await lookBack(bench.phone, 0);
  await beginAgain(bench.phone);

  expect(bench.phone.news.value).toBeNull();
  expect(await told()).toBeUndefined();
  expect(places()).toHaveLength(4);
});

test('it tells that the journal gave all back, and goes on in its lane', async () => {
  await startWith(5, bench.phone.key);

  expect(await told()).toEqual(['restored']);
  expect(bench.phone.news.value).toBeNull();
  expect(bench.phone.forked).toBeNull();
});

test('it says how many records are gone, and goes on in a lane of its own', async () => {
  await startWith(3, bench.phone.key);

  expect(bench.phone.news.value).toEqual({ kind: 'lost_some', records: 2, receipt_no: null });
  expect(await told()).toEqual(['restored', 'lost_some']);
  expect(places()).toEqual([
    [true, 1, 'lane.opened'],
    [true, 2, 'visit.started'],
    [false, 1, 'lane.opened'],
  ]);
  expect(bench.phone.log.value.at(-1)?.event.body.replaces).toBe(LANE);
});

test('it makes its key again in the old lane, and then opens the new one', async () => {
  await startWith(3, null);

  expect(places().slice(2)).toEqual([
    [true, 3, 'key.rotated'],
    [false, 1, 'lane.opened'],
  ]);
});

test('it does not notice the same loss twice', async () => {
  await startWith(3, bench.phone.key);
  const before = places();

  bench = await wakePhone(bench.phone.db, bench.journal, bench.sentinel);
  await lookBack(bench.phone, 0);
  await beginAgain(bench.phone);

  expect(places()).toEqual(before);
});

test('it notices a loss of everything but who it is', async () => {
  bench.journal.payloads = [Uint8Array.from(identityRecord(LI_WEI))];
  await startWith(1, bench.phone.key);

  expect(bench.phone.news.value).toMatchObject({ kind: 'lost_some', records: 4 });
  expect(bench.phone.log.value.at(-1)?.event.kind).toBe('lane.opened');
});
