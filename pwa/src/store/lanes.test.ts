/** The lanes of one phone. Method: logs of one lane and of three, and what a server says. */

import { expect, test } from 'vitest';
import type { StoredEvent } from './db';
import { acksAfter, currentLane, factsAfter, inOrder, isForked, unsentIn } from './lanes';
import { NO_FACTS, noAcks } from './meta';
import type { LaneSaid } from './wire';

const [A, B, C] = ['c', 'a', 'b'].map((letter) => letter.repeat(32)) as [string, string, string];

function stored(lane: string, seq: number, replaces: string | null = null): StoredEvent {
  const body = seq === 1 ? { replaces } : {};
  return { lane, seq, hash: `${lane[0]}${seq}`, sig: '', event: { body } as never };
}

const chain = (lane: string, count: number, replaces: string | null = null) =>
  Array.from({ length: count }, (_, at) => stored(lane, at + 1, replaces));

const hashes = (events: readonly StoredEvent[]) => events.map(({ hash }) => hash);

const said = (lane: string, head_seq: number, more: Partial<LaneSaid> = {}): LaneSaid => ({
  lane,
  head_seq,
  head_hash: head_seq === 0 ? '0' : `${lane[0]}${head_seq}`,
  archived_seq: 0,
  settled_seq: 0,
  settled_hash: null,
  ...more,
});

const heard = (lanes: LaneSaid[], took: string[] = [], epoch = 'e1') => ({ epoch, lanes, took });

test('it puts lanes in the order in which they followed each other', () => {
  const log = [...chain(B, 2, A), ...chain(C, 1, B), ...chain(A, 2)];

  expect(hashes(inOrder(log, A))).toEqual(['c1', 'c2', 'a1', 'a2', 'b1']);
  expect(currentLane(inOrder(log, A), A)).toBe(C);
});

test('it keeps what no lane leads to, in front', () => {
  const log = [...chain(B, 1), ...chain(A, 1)];

  expect(hashes(inOrder(log, A))).toEqual(['a1', 'c1']);
  expect(currentLane(inOrder(chain(B, 1), A), A)).toBe(A);
});

test('it does not run in circles for lanes that replace each other', () => {
  const log = [...chain(A, 1, B), ...chain(B, 1, A)];

  expect(inOrder(log, A)).toHaveLength(2);
});

test('it acknowledges what was taken, event by event', () => {
  const log = chain(A, 4);

  const acks = acksAfter(noAcks(), heard([said(A, 0)], ['c1', 'c2', 'c4']), log);

  expect(acks).toEqual({ epoch: 'e1', lanes: { [A]: { seq: 2, hash: 'c2' } }, beside: ['c4'] });
  expect(hashes(unsentIn(log, acks))).toEqual(['c3']);
});

test('it joins what lay beside as soon as the gap is closed', () => {
  const log = chain(A, 4);
  const first = acksAfter(noAcks(), heard([], ['c1', 'c3', 'c4']), log);

  const acks = acksAfter(first, heard([], ['c2']), log);

  expect(acks).toEqual({ epoch: 'e1', lanes: { [A]: { seq: 4, hash: 'c4' } }, beside: [] });
});

test('it acknowledges all before a head that is its own, and never by number alone', () => {
  const log = chain(A, 4);
  const other = said(A, 3, { head_hash: 'not ours' });

  expect(acksAfter(noAcks(), heard([said(A, 3)]), log).lanes[A]?.seq).toBe(3);
  expect(acksAfter(noAcks(), heard([other]), log).lanes[A]).toBeUndefined();
  expect(acksAfter(noAcks(), heard([said(A, 9)]), log).lanes[A]).toBeUndefined();
});

test('it takes no step back within one epoch', () => {
  const log = chain(A, 4);
  const known = acksAfter(noAcks(), heard([said(A, 4)]), log);

  expect(acksAfter(known, heard([said(A, 2)]), log)).toEqual(known);
  expect(acksAfter(known, heard([]), log)).toEqual(known);
});

test('it forgets all with the epoch, but for what the new one proves by hash', () => {
  const log = [...chain(A, 4), ...chain(B, 2, A)];
  const known = acksAfter(noAcks(), heard([said(A, 4), said(B, 2)]), log);
  expect(unsentIn(log, known)).toEqual([]);

  const acks = acksAfter(known, heard([said(A, 2)], [], 'e2'), log);

  expect(hashes(unsentIn(log, acks))).toEqual(['c3', 'c4', 'a1', 'a2']);
});

test('it does not believe its own mark when the event there is another by now', () => {
  const acks = { epoch: 'e1', lanes: { [A]: { seq: 2, hash: 'before the loss' } }, beside: [] };

  expect(hashes(unsentIn(chain(A, 3), acks))).toEqual(['c1', 'c2', 'c3']);
});

test('it sees that the server has another history of the lane, or a longer one', () => {
  const log = chain(A, 3);

  expect(isForked([said(A, 3)], log, A)).toBe(false);
  expect(isForked([said(A, 2)], log, A)).toBe(false);
  expect(isForked([said(A, 0)], log, A)).toBe(false);
  expect(isForked([said(B, 9)], log, A)).toBe(false);
  expect(isForked([said(A, 4)], log, A)).toBe(true);
  expect(isForked([said(A, 2, { head_hash: 'other' })], log, A)).toBe(true);
});

test('it takes over what is settled with a complete page only', () => {
  const settled = said(A, 3, { settled_seq: 2, settled_hash: 'c2' });

  expect(factsAfter(NO_FACTS, [settled], chain(A, 3), false).settled).toEqual({});
  expect(factsAfter(NO_FACTS, [settled], chain(A, 3), true).settled).toEqual({
    [A]: { seq: 2, hash: 'c2' },
  });
});

test('it takes for archived only what lies before a head that is its own', () => {
  const archived = said(A, 3, { archived_seq: 2 });
  const log = chain(A, 3);

  expect(factsAfter(NO_FACTS, [archived], log, false).archived).toEqual({
    [A]: { seq: 2, hash: 'c2' },
  });
  const fork = { ...archived, head_hash: 'other' };
  expect(factsAfter(NO_FACTS, [fork], log, false).archived).toEqual({});
});
