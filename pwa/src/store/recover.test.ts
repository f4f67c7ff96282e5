/** Journal and database mend each other. Method: lose either, wholly or in part; start again. */

import { beforeEach, expect, test } from 'vitest';
import { emptyStorage } from './testing';
import { utf8 } from '../device/bytes';
import { aVisit, enrolledPhone, LANE, LI_WEI, wakePhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { record } from '../state/record';
import { openDb, read, write } from './db';
import type { Db } from './db';
import { readHead } from './log';
import { keep, metaOf, NO_FACTS } from './meta';
import { eventRecord, reconcile } from './recover';
import type { Copy } from './recover';

let bench: Bench;

beforeEach(async () => {
  emptyStorage();
  bench = await enrolledPhone();
  for (const household of ['W01', 'W02', 'W03']) {
    await record(bench.phone, { facts: [aVisit(household)], lines: [] });
  }
});

async function mend(db: Db) {
  return reconcile(db, bench.journal, await bench.journal.open(false));
}

async function wipe(): Promise<Db> {
  bench.phone.db.close();
  emptyStorage();
  return openDb();
}

test('it finds nothing to mend when both are whole', async () => {
  expect(await mend(bench.phone.db)).toEqual({ identity: LI_WEI, toDatabase: 0, toJournal: 0 });
});

test('it gives every event and the identity back to a wiped database (peers 4)', async () => {
  const before = bench.phone.log.value;

  const db = await wipe();
  const mended = await mend(db);

  expect(mended).toEqual({ identity: LI_WEI, toDatabase: 4, toJournal: 0 });
  const woken = await wakePhone(db, bench.journal);
  expect(woken.phone.log.value).toEqual(before);
  expect(await readHead(db, LANE)).toMatchObject({ seq: 4 });
});

test('it goes on where the chain ended after a wipe', async () => {
  const db = await wipe();
  await mend(db);
  const woken = await wakePhone(db, bench.journal);

  await record(woken.phone, { facts: [aVisit('W04')], lines: [] });

  const log = woken.phone.log.value;
  expect(log.every(({ event }, at) => at === 0 || event.prev === log[at - 1]?.hash)).toBe(true);
  expect(await mend(db)).toMatchObject({ toDatabase: 0, toJournal: 0 });
});

test('it brings the route back from the newer of the two copies', async () => {
  const copy = (serial: number, eid: string): Copy => {
    const row = { etype: 'loan', eid, tick: 1, row: { id: eid }, sum: '' };
    const acks = { epoch: 'e1', lanes: { [LANE]: { seq: 2, hash: 'h' } }, beside: [] };
    const rest = { epoch: 'e1', cursor: `c${serial}`, anchor: null, last: null, verdicts: [] };
    return { serial, lane: LANE, acks, facts: NO_FACTS, rows: [row], ...rest };
  };
  await bench.journal.keepRows(utf8(JSON.stringify(copy(1, 'old'))), 1);
  await bench.journal.keepRows(utf8(JSON.stringify(copy(2, 'new'))), 2);

  const db = await wipe();
  await mend(db);

  expect((await read(db, 'rows').getAll()).map(({ eid }) => eid)).toEqual(['new']);
  expect(await metaOf(db, 'pull')).toMatchObject({ cursor: 'c2' });
  expect((await metaOf(db, 'acks'))?.lanes[LANE]).toMatchObject({ seq: 2 });
});

test('it leaves the rows of another lane alone', async () => {
  const foreign = { serial: 9, lane: 'c'.repeat(32), rows: [], verdicts: [] };
  await bench.journal.keepRows(utf8(JSON.stringify(foreign)), 1);

  const db = await wipe();
  await mend(db);

  expect(await metaOf(db, 'pull')).toBeUndefined();
});

test('it writes the journal again when its files are gone', async () => {
  bench.journal.payloads = [];
  bench.journal.exists = false;

  expect(await mend(bench.phone.db)).toMatchObject({ toDatabase: 0, toJournal: 4 });

  expect(bench.journal.payloads).toHaveLength(5);
});

test('it appends the tail that a power cut took from the journal', async () => {
  bench.journal.payloads = bench.journal.payloads.slice(0, -2);

  expect(await mend(bench.phone.db)).toMatchObject({ toJournal: 2 });
  expect(await mend(bench.phone.db)).toMatchObject({ toJournal: 0 });
});

test('it puts in the tail that the database lacks', async () => {
  const { db } = bench.phone;
  const head = bench.phone.log.value[1]!;
  await write(db, ['log', 'head'], async (stores) => {
    await stores('log').delete([LANE, 4]);
    await stores('log').delete([LANE, 3]);
    await stores('head').put({ lane: LANE, seq: 2, hash: head.hash });
  });

  expect(await mend(db)).toMatchObject({ toDatabase: 2 });

  expect(await readHead(db, LANE)).toMatchObject({ seq: 4 });
});

test('it stops when the two hold different events under one number (peers 5)', async () => {
  const last = bench.phone.log.value[3]!;
  const other = { ...last, hash: 'f'.repeat(64) };
  bench.journal.payloads[4] = Uint8Array.from(eventRecord(other));

  await expect(mend(bench.phone.db)).rejects.toThrow('two_histories');

  expect(await read(bench.phone.db, 'log').getAll()).toHaveLength(4);
});

test('it finishes an enrolment that was killed between the journal and the database', async () => {
  const key = await metaOf(bench.phone.db, 'key');
  const db = await wipe();
  await keep(db, { pending: { lane: LANE, code: 'ABCDEFGH', key: key! } });

  await mend(db);

  const woken = await wakePhone(db, bench.journal);
  expect(woken.phone.key).not.toBeNull();
});

test('it knows a phone that was never enrolled', async () => {
  bench.journal.payloads = [];
  bench.journal.exists = false;

  expect(await mend(await wipe())).toMatchObject({ identity: null });
});
