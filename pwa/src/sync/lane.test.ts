/**
 * Lanes and batches, beyond the vectors.
 *
 * Method: a chain of one phone is packed, cut at every place, and expanded again.
 */

import { describe, expect, test } from 'vitest';
import { eventHash } from './canonical';
import { ZERO_HASH } from './events';
import type { Envelope } from './events';
import { BATCH_EVENTS_MAX, EMPTY_LANE, expandBatch, extend, nextBatch, packBatch } from './lane';
import type { Link } from './lane';

async function chain(count: number): Promise<Envelope[]> {
  const events: Envelope[] = [];
  let prev = ZERO_HASH;
  for (let seq = 1; seq <= count; seq += 1) {
    const event: Envelope = {
      v: 1, lane: 'a'.repeat(32), seq, prev, kind: 'intention.recorded', sv: 1,
      actor: 'officer-1', case: 'L-W01', visit: null, subject: 'W01', base_rev: null,
      anchor: null, occurred_at: seq, tz: 480, boot: 1, app: '0.1.0',
      body: { household: 'W01', loan: 'L-W01', note: null },
    };
    events.push(event);
    prev = await eventHash(event);
  }
  return events;
}

const hashed = async (events: readonly Envelope[]) =>
  Promise.all(events.map(async (event) => ({ event, hash: await eventHash(event) })));

async function links(events: readonly Envelope[]): Promise<Link[]> {
  return Promise.all(
    events.map(async (event) => ({
      seq: event.seq,
      prev: event.prev,
      hash: await eventHash(event),
    })),
  );
}

describe('a batch', () => {
  test('it expands to what was packed, wherever it is cut', async () => {
    const events = await chain(5);

    for (let start = 0; start < 5; start += 1) {
      const part = events.slice(start);
      const expanded = await expandBatch(await packBatch(await hashed(part), 'sig'));

      expect(expanded.map(({ event }) => event)).toStrictEqual(part);
    }
  });

  test('it sends lane, number, actor and app once, and no hash', async () => {
    const { events } = await packBatch(await hashed(await chain(2)), 'sig');
    const [[paths = []] = []] = events.tables;

    for (const key of ['v', 'lane', 'seq', 'prev', 'actor', 'app', 'hash']) {
      expect(paths).not.toContain(key);
    }
  });

  test('it is not made of nothing', async () => {
    await expect(packBatch([], 'sig')).rejects.toThrow();
  });

  test('it ends where actor or app change, and at four hundred', async () => {
    const [first, second] = (await chain(2)) as [Envelope, Envelope];
    const newer = { ...second, app: '0.2.0' };
    const other = { ...second, actor: 'officer-2' };

    expect(nextBatch([first, second])).toStrictEqual([first, second]);
    expect(nextBatch([first, newer])).toStrictEqual([first]);
    expect(nextBatch([first, other])).toStrictEqual([first]);
    expect(nextBatch([])).toStrictEqual([]);
    expect(nextBatch(new Array<Envelope>(450).fill(first))).toHaveLength(BATCH_EVENTS_MAX);
  });
});

test('it moves the head over what follows, and over nothing a second time', async () => {
  const batch = await links(await chain(3));

  const once = extend(EMPTY_LANE, batch);
  const twice = extend(once.head, batch);

  expect(once.places).toStrictEqual(['next', 'next', 'next']);
  expect(twice).toStrictEqual({ head: once.head, places: ['behind', 'behind', 'behind'] });
});
