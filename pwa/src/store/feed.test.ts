/** Taking in the feed. Method: pages in and out of order, and what the stores hold afterwards. */

import { beforeEach, expect, test } from 'vitest';
import { emptyStorage } from './testing';
import { openDb, read } from './db';
import type { Db, StoredRow, StoredVerdict } from './db';
import { absorb, cursorOf, NO_PULL } from './feed';
import type { Page } from './feed';
import { keep, metaOf, NO_FACTS, noAcks } from './meta';

let db: Db;

beforeEach(async () => {
  emptyStorage();
  db = await openDb();
});

const row = (eid: string, tick: number): StoredRow => ({
  etype: 'loan',
  eid,
  tick,
  row: { id: eid, principal_fen: tick },
  sum: `${eid}${tick}`,
});

const verdict = (hash: string, said: string, tick: number | null): StoredVerdict => ({
  hash,
  verdict: said,
  reason: null,
  needs: null,
  tick,
});

const nothingElse = { acks: noAcks(), facts: NO_FACTS, anchor: null, said: [], told: [] };

function page(sent: string | null, cursor: string, more: Partial<Page> = {}): Page {
  const nothing = { upserts: [], evicts: [], verdicts: [] };
  return { sent, cursor, epoch: 'e1', reset: false, complete: true, ...nothing, ...more };
}

const take = (taken: Page) =>
  absorb(db, { ...nothingElse, page: taken });

const loans = async () => (await read(db, 'rows').getAll()).map(({ eid, tick }) => [eid, tick]);

test('it applies rows, evictions, verdicts and cursor together', async () => {
  await take(page(null, 'c1', { upserts: [row('L1', 1), row('L2', 1)] }));

  await take(
    page('c1', 'c2', {
      upserts: [row('L2', 2)],
      evicts: [['loan', 'L1']],
      verdicts: [verdict('h1', 'applied', 2)],
    }),
  );

  expect(await loans()).toEqual([['L2', 2]]);
  expect(await read(db, 'verdicts').get('h1')).toMatchObject({ tick: 2 });
  expect(cursorOf((await metaOf(db, 'pull')) ?? NO_PULL)).toBe('c2');
});

test('it changes nothing for a page whose request carried an older cursor (peers 25)', async () => {
  await take(page(null, 'c1', { upserts: [row('L1', 5)] }));

  await expect(take(page(null, 'c0', { upserts: [row('L1', 1)] }))).rejects.toThrow('stale_page');

  expect(await loans()).toEqual([['L1', 5]]);
  expect(cursorOf((await metaOf(db, 'pull')) ?? NO_PULL)).toBe('c1');
});

test('it does not even take the acknowledgement of a stale page', async () => {
  await take(page(null, 'c1'));
  const acks = { epoch: 'e1', lanes: {}, beside: ['f'.repeat(64)] };

  const late = absorb(db, { ...nothingElse, acks, page: page(null, 'c0') });

  await expect(late).rejects.toThrow('stale_page');
  expect((await metaOf(db, 'acks'))?.beside).toEqual([]);
});

test('it shows nothing of a reset before its last page has come', async () => {
  await take(page(null, 'c1', { upserts: [row('old', 1)] }));
  const reset = { reset: true, epoch: 'e2' };

  await take(page('c1', 'r1', { ...reset, complete: false, upserts: [row('L1', 1)] }));

  expect(await loans()).toEqual([['old', 1]]);
  await take(page('r1', 'r2', { ...reset, upserts: [row('L2', 2)] }));
  expect(await loans()).toEqual([
    ['L1', 1],
    ['L2', 2],
  ]);
});

test('it replaces every verdict by those of the new history', async () => {
  await take(page(null, 'c1', { verdicts: [verdict('h1', 'applied', 7)] }));
  const verdicts = [verdict('h2', 'applied', 1)];

  await take(page('c1', 'r1', { reset: true, epoch: 'e2', verdicts }));

  expect(await read(db, 'verdicts').getAll()).toEqual(verdicts);
});

test('it starts the staging again when the history changes in the middle of it', async () => {
  const half = { reset: true, complete: false };
  await take(page(null, 'r1', { ...half, epoch: 'e2', upserts: [row('gone', 1)] }));

  await take(page('r1', 's1', { reset: true, epoch: 'e3', upserts: [row('L1', 1)] }));

  expect(await loans()).toEqual([['L1', 1]]);
});

test('it goes on with a staging where it was cut off', async () => {
  await take(page(null, 'r1', { reset: true, complete: false, upserts: [row('L1', 1)] }));
  const pull = (await metaOf(db, 'pull')) ?? NO_PULL;

  expect(cursorOf(pull)).toBe('r1');
  expect(pull.cursor).toBeNull();
});

test('it keeps the tick of a verdict when the push says the same again', async () => {
  await take(page(null, 'c1', { verdicts: [verdict('h1', 'applied', 3)] }));

  const said = [verdict('h1', 'applied', null), verdict('h2', 'quarantined', null)];
  await absorb(db, { ...nothingElse, said, page: null });

  expect(await read(db, 'verdicts').get('h1')).toMatchObject({ tick: 3 });
  expect(await read(db, 'verdicts').get('h2')).toMatchObject({ verdict: 'quarantined' });
});

test('it lets the rows of a repaired bucket go, and those that are sent come back', async () => {
  await take(page(null, 'c1', { upserts: [row('L1', 1), row('L2', 1), row('L3', 1)] }));
  const evicts = [['loan', 'L1'], ['loan', 'L2']] as const;

  await take(page('c1', 'c1', { evicts, upserts: [row('L2', 2)] }));

  expect(await loans()).toEqual([['L2', 2], ['L3', 1]]);
});

test('it does not know rows for the server\'s before that is proved', async () => {
  await take(page(null, 'c1', { upserts: [row('L1', 1)] }));
  expect((await metaOf(db, 'pull'))?.unproved).toBe(true);
  await take(page('c1', 'c1'));
  expect((await metaOf(db, 'pull'))?.unproved).toBe(true);
});

test('it forgets what was told, and keeps what has come up since', async () => {
  const incident = (at: number) => ({ kind: 'forked' as const, details: {}, at });
  await keep(db, { incidents: [incident(1), incident(2), incident(3)] });

  await absorb(db, { ...nothingElse, page: null, told: [incident(1), incident(2)] });

  expect(await metaOf(db, 'incidents')).toEqual([incident(3)]);
});
