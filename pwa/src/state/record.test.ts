/** Recording a fact. Method: a journal and a database that fail in every way; what is kept? */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptyStorage } from '../store/testing';
import { fromBase64url, fromHex } from '../device/bytes';
import { aVisit, enrolledPhone, wakePhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { openDb, read } from '../store/db';
import { reconcile } from '../store/recover';
import { eventHash } from '../sync/canonical';
import { record, SAVE_MS_MAX, save } from './record';

let bench: Bench;

beforeEach(async () => {
  emptyStorage();
  bench = await enrolledPhone();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const visit = (household = 'W01') => ({ facts: [aVisit(household)], lines: ['开始上门', household] });

/** Events in the journal: all records but the identity. */
const journaled = () => bench.journal.payloads.length - 1;
const stored = () => read(bench.phone.db, 'log').getAll();

/** Let the time limit of a save pass, once it is set: signing comes before it. */
async function timeOut(): Promise<void> {
  while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(SAVE_MS_MAX);
}

test('it opens the lane with its first event, then chains', async () => {
  const saved = await record(bench.phone, visit());

  expect(saved?.map(({ event }) => event.kind)).toEqual(['lane.opened', 'visit.started']);
  expect(saved?.[1]?.event.prev).toBe(saved?.[0]?.hash);
  expect(bench.phone.log.value).toEqual(await stored());
});

test('it writes every event twice before it says so', async () => {
  await record(bench.phone, visit());

  expect(journaled()).toBe(2);
  expect(await stored()).toHaveLength(2);
});

test('it names an event by its bytes and signs the name', async () => {
  const [, event] = (await record(bench.phone, visit())) ?? [];

  expect(event?.hash).toBe(await eventHash(event?.event ?? {}));
  const scheme = { name: 'ECDSA', hash: 'SHA-256' };
  const { publicKey } = bench.phone.key!;
  const signature = fromBase64url(event?.sig ?? '');
  const signed = fromHex(event?.hash ?? '');
  expect(await crypto.subtle.verify(scheme, publicKey, signature, signed)).toBe(true);
});

test('it keeps twenty saves at once in one chain without a gap', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, at) => save(bench.phone, visit(`W${at}`))));

  const log = await stored();
  expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: 21 }, (_, at) => at + 1));
  expect(log.every(({ event }, at) => at === 0 || event.prev === log[at - 1]?.hash)).toBe(true);
});

test('it says "not saved" with what to write down when the journal is full', async () => {
  bench.journal.trouble = 'full';

  expect(await record(bench.phone, visit())).toBeNull();

  const lines = ['开始上门', 'W01'];
  const cause = 'QuotaExceededError';
  expect(bench.phone.notSaved.value).toEqual({ lines, certain: true, cause });
  expect(await stored()).toEqual([]);
  expect(bench.phone.log.value).toEqual([]);
});

test('it takes the event out of the journal again when the database is full', async () => {
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });

  expect(await record(bench.phone, visit())).toBeNull();

  expect(journaled()).toBe(0);
  expect(bench.phone.notSaved.value?.certain).toBe(true);
  vi.restoreAllMocks();
  expect(await record(bench.phone, visit())).not.toBeNull();
  expect(journaled()).toBe(2);
});

test('it never says "saved" when the transaction answers nothing, and stops', async () => {
  await record(bench.phone, visit('W00'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const never = { objectStore: () => ({ get: () => ({}) }), abort: () => undefined };
  vi.spyOn(bench.phone.db, 'transaction').mockReturnValue(never as never);

  const saving = record(bench.phone, visit());
  await timeOut();

  expect(await saving).toBeNull();
  expect(bench.phone.notSaved.value).toMatchObject({ certain: false, cause: 'too_slow' });
  vi.restoreAllMocks();
  expect(await record(bench.phone, visit('W02'))).toBeNull();
});

test('it never says "saved" when the journal answers nothing', async () => {
  bench.journal.trouble = 'hangs';
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

  const saving = record(bench.phone, visit());
  await timeOut();

  expect(await saving).toBeNull();
  expect(bench.phone.halted.value).toBe(true);
});

test('it stops when nobody knows whether the journal has the event', async () => {
  bench.journal.trouble = 'uncertain';

  await record(bench.phone, visit());

  expect(bench.phone.notSaved.value?.certain).toBe(false);
  expect(bench.phone.halted.value).toBe(true);
});

test('it opens a dead connection again, once, and saves', async () => {
  bench.phone.db.close();

  expect(await record(bench.phone, visit())).not.toBeNull();

  expect(await stored()).toHaveLength(2);
});

test('it records nothing before the browser has promised to keep data (peers 4)', async () => {
  bench.phone.persisted.value = false;

  expect(await record(bench.phone, visit())).toBeNull();

  expect(bench.phone.notSaved.value?.cause).toBe('not_persistent');
  expect(journaled()).toBe(0);
});

test('it begins with a new key after a wipe, in the same transaction as the event', async () => {
  await record(bench.phone, visit('W01'));
  const { journal } = bench;
  emptyStorage();
  const db = await openDb();
  await reconcile(db, journal, await journal.open(false));
  bench = await wakePhone(db, journal);
  expect(bench.phone.key).toBeNull();

  const saved = await record(bench.phone, visit('W02'));

  expect(saved?.map(({ event }) => event.kind)).toEqual(['key.rotated', 'visit.started']);
  expect(saved?.[0]?.seq).toBe(3);
  expect(await read(db, 'meta').get('key')).toBeDefined();
});

test('it names its new key first of all when it was wiped before its first event', async () => {
  emptyStorage();
  const db = await openDb();
  await reconcile(db, bench.journal, await bench.journal.open(false));
  bench = await wakePhone(db, bench.journal);

  const saved = await record(bench.phone, visit());

  const kinds = saved?.map(({ event }) => event.kind);
  expect(kinds).toEqual(['key.rotated', 'lane.opened', 'visit.started']);
});
