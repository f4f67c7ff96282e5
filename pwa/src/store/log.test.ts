/** The log in the database. Method: real transactions on a database in memory, and hostile ones. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptyStorage } from './testing';
import { LANE } from '../testing/fakes';
import { openDb, read, write } from './db';
import type { Db, StoredEvent } from './db';
import { append, readHead } from './log';
import { ZERO_HASH } from '../sync/events';

let db: Db;

beforeEach(async () => {
  emptyStorage();
  db = await openDb();
});

afterEach(() => vi.restoreAllMocks());

function event(seq: number, prev: string, hash = String(seq).padStart(64, '0')): StoredEvent {
  const body = { household: 'W01' };
  const envelope = { seq, prev, lane: LANE, kind: 'visit.started', body } as never;
  return { lane: LANE, seq, hash, sig: 'sig', event: envelope };
}

const first = event(1, ZERO_HASH);
const second = event(2, first.hash);

test('it appends events and moves the head in one transaction', async () => {
  await append(db, [first, second]);

  expect(await readHead(db, LANE)).toEqual({ lane: LANE, seq: 2, hash: second.hash });
  expect(await read(db, 'log').getAll()).toEqual([first, second]);
});

test('it refuses an event built on another head, and keeps nothing of it', async () => {
  await append(db, [first]);

  await expect(append(db, [event(2, 'f'.repeat(64))])).rejects.toThrow('head_moved');

  expect(await read(db, 'log').getAll()).toEqual([first]);
});

test('it lets only one of two appends on the same head win (peers 8)', async () => {
  const rival = event(1, ZERO_HASH, 'e'.repeat(64));

  const results = await Promise.allSettled([append(db, [first]), append(db, [rival])]);

  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await read(db, 'log').getAll()).toHaveLength(1);
});

test('it takes a second try of what is already there for done', async () => {
  await append(db, [first]);

  await append(db, [first]);

  expect(await read(db, 'log').getAll()).toEqual([first]);
});

test('it keeps neither event nor photo when one of them does not fit', async () => {
  const full = new DOMException('full', 'QuotaExceededError');
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw full;
  });

  await expect(append(db, [first])).rejects.toBe(full);

  vi.restoreAllMocks();
  expect(await read(db, 'log').getAll()).toEqual([]);
  expect((await readHead(db, LANE)).seq).toBe(0);
});

test('it asks for the disk at every write', async () => {
  const opened = vi.spyOn(db, 'transaction');

  await append(db, [first]);

  expect(opened.mock.calls.map(([, , options]) => options)).toEqual([{ durability: 'strict' }]);
});

test('it fails when the transaction aborts after the work was done', async () => {
  const aborting = write(db, ['meta'], async (stores) => {
    await stores('meta').put(1, 'boot');
    throw new Error('changed my mind');
  });

  await expect(aborting).rejects.toThrow('changed my mind');

  expect(await read(db, 'meta').get('boot')).toBeUndefined();
});
