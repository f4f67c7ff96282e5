/**
 * What the exchange does when memories differ. Method: a server that was restored, a phone that
 * was, a clone of it, rows that differ by a byte, and a page killed at every request and write.
 */

import { beforeEach, expect, test, vi } from 'vitest';
import { emptyStorage } from '../store/testing';
import { Trouble } from '../device/trouble';
import type { Ask, Line } from '../device/line';
import { answerOf, aVisit, enrolledPhone, LANE, wakePhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { FakeServer } from '../testing/server';
import { openDb, read } from '../store/db';
import { keep, metaOf } from '../store/meta';
import { reconcile } from '../store/recover';
import type { WireRow } from '../store/wire';
import { load } from './phone';
import { laneOf, record } from './record';
import { exchangeAll } from './rounds';
import { makeSync } from './sync';

let bench: Bench;
let server: FakeServer;

beforeEach(async () => {
  emptyStorage();
  bench = await enrolledPhone();
  server = new FakeServer();
  bench.line = server.line;
});

const visits = async (...households: readonly string[]) => {
  for (const household of households) {
    await record(bench.phone, { facts: [aVisit(household)], lines: [] });
  }
};

async function run(): Promise<string | null> {
  const sync = makeSync(bench.phone);
  await sync.run();
  return sync.state.value.code;
}

const loan = (eid: string, tick: number, fen = 100_00): WireRow => ({
  etype: 'loan',
  eid,
  tick,
  op: 'upsert',
  row: { id: eid, principal_fen: fen },
});

const held = () =>
  [...(bench.phone.rows.value.get('loan')?.values() ?? [])].map(({ eid, row }) => [
    eid,
    row.principal_fen,
  ]);

const told = () => server.requests.flatMap(({ incidents }) => incidents.map(({ kind }) => kind));

/** Both stores as they are now, to be brought back later: an image of the phone. */
async function image() {
  const { db, log } = bench.phone;
  const stores = ['log', 'head', 'rows', 'verdicts', 'meta'] as const;
  const payloads = [...bench.journal.payloads];
  const kept = await Promise.all(
    stores.map(async (name) => {
      const store = read(db, name);
      return [name, await store.getAll(), await read(db, name).getAllKeys()] as const;
    }),
  );
  return async () => {
    emptyStorage();
    const fresh = await openDb();
    for (const [name, values, keys] of kept) {
      const inline = name === 'meta' ? keys : [];
      const tx = fresh.transaction(name, 'readwrite');
      values.forEach((value, at) => tx.objectStore(name).put(value, inline[at]));
      await new Promise((done) => (tx.oncomplete = done));
    }
    bench.journal.payloads = payloads;
    bench = Object.assign(await wakePhone(fresh, bench.journal), { line: server.line });
    return log.value.length;
  };
}

test('it opens a new lane when the server has another history of the old one', async () => {
  await visits('W01');
  await run();
  const goBack = await image();
  await visits('W02', 'W03');
  await run();
  await goBack();
  await visits('W09');

  expect(await run()).toBeNull();

  const lane = laneOf(bench.phone);
  expect(lane).not.toBe(LANE);
  const opening = bench.phone.log.value.at(-1)?.event;
  expect(opening).toMatchObject({ lane, seq: 1, kind: 'lane.opened', body: { replaces: LANE } });
  // Both memories of the old lane are at the server, and the new lane.
  expect(server.events.size).toBe(6);
  expect(bench.phone.unsent.value).toEqual([]);
  expect(bench.phone.news.value?.kind).toBe('forked');
});

test('it goes on recording in the new lane, and asks for all rows once', async () => {
  server.rows = [loan('L1', 1)];
  await visits('W01');
  await run();
  const goBack = await image();
  await visits('W02');
  await run();
  await goBack();
  await run();
  const from = server.requests.length;

  await visits('W10', 'W11');
  expect(await run()).toBeNull();

  const lane = laneOf(bench.phone);
  expect(bench.phone.log.value.slice(-2).map(({ event }) => [event.lane, event.seq])).toEqual([
    [lane, 2],
    [lane, 3],
  ]);
  expect(server.requests.slice(0, from).map(({ pull }) => pull?.cursor).slice(-2)).toEqual([
    'epoch-1.1',
    null,
  ]);
  expect(server.requests.at(-1)?.pull?.cursor).toBe('epoch-1.1');
  expect(told()).toEqual(['forked']);
});

test('it carries its lanes over a wipe of the database, in their order', async () => {
  await visits('W01');
  await run();
  const goBack = await image();
  await visits('W02');
  await run();
  await goBack();
  await run();
  await visits('W10');
  const before = bench.phone.log.value.map(({ hash }) => hash);

  emptyStorage();
  const db = await openDb();
  await reconcile(db, bench.journal, await bench.journal.open(false));
  bench = Object.assign(await wakePhone(db, bench.journal), { line: server.line });

  expect(bench.phone.log.value.map(({ hash }) => hash)).toEqual(before);
  const again = await reconcile(db, bench.journal, await bench.journal.open(false));
  expect(again).toMatchObject({ toDatabase: 0, toJournal: 0 });
});

test('it pushes what a restored server lacks, and not what that proves to have', async () => {
  await visits('W01', 'W02', 'W03');
  await run();
  const [first, second] = bench.phone.log.value;
  server.events.clear();
  for (const { lane, seq, hash, event } of [first!, second!]) {
    server.events.set(hash, { lane, seq, hash, prev: event.prev, kind: event.kind });
  }
  server.epoch = 'epoch-2';

  expect(await run()).toBeNull();

  expect(server.events.size).toBe(4);
  expect(server.requests.at(-1)?.push).toMatchObject({ first_seq: 3 });
  expect(bench.phone.news.value).toMatchObject({ kind: 'epoch', records: 2 });
});

test('it repairs the rows that differ, and no others', async () => {
  server.rows = [loan('L1', 1), loan('L2', 1), loan('L3', 1)];
  await run();
  const damaged = { ...bench.phone.rows.value.get('loan')!.get('L2')!, sum: 'f'.repeat(64) };
  const ghost = { ...damaged, eid: 'ghost' };
  const tx = bench.phone.db.transaction('rows', 'readwrite');
  for (const row of [damaged, ghost]) tx.objectStore('rows').put(row);
  await new Promise((done) => (tx.oncomplete = done));
  await load(bench.phone);
  server.rows = [...server.rows, loan('L4', 2)];
  const from = server.requests.length;

  expect(await run()).toBeNull();

  const asked = server.requests.slice(from).map(({ pull }) => pull);
  expect(asked.map((pull) => pull?.cursor)).toEqual(['epoch-1.1', 'epoch-1.2']);
  expect(asked[1]?.repair?.loan).toHaveLength(256);
  expect(held().sort()).toEqual(['L1', 'L2', 'L3', 'L4'].map((eid) => [eid, 100_00]));
  await run();
  expect(told()).toEqual(['rows_differ']);
});

test('it asks from the start when a repair does not help, and says so at the end', async () => {
  server.rows = [loan('L1', 1)];
  server.digestOf = async () => ({ loan: 'f'.repeat(64) });

  expect(await run()).toBe('rows_differ');

  const asked = server.requests.map(({ pull }) => [pull?.cursor, Boolean(pull?.repair)]);
  expect(asked).toEqual([[null, false], ['epoch-1.1', true], [null, false]]);
  expect(bench.phone.last.value.done_at).toBeNull();
});

test('it is not done after a kill between the page and the look at its digest', async () => {
  server.rows = [loan('L1', 1)];
  server.digestOf = async () => ({ loan: 'f'.repeat(64) });
  await run();
  await keep(bench.phone.db, { pull: { ...bench.phone.pull.value, unproved: true } });
  await load(bench.phone);

  expect(await run()).toBe('rows_differ');
});

test('it is done after such a kill when a repair finds nothing', async () => {
  server.rows = [loan('L1', 1)];
  await run();
  await keep(bench.phone.db, { pull: { ...bench.phone.pull.value, unproved: true } });
  await load(bench.phone);

  expect(await run()).toBeNull();

  expect(server.requests.at(-1)?.pull?.repair).toHaveProperty('loan');
  expect(bench.phone.pull.value.unproved).toBe(false);
});

test('it tells of itself with each request: how far it is, and the cash in hand', async () => {
  await visits('W01');

  await run();

  const { lane, seq, hash } = bench.phone.log.value.at(-1)!;
  const beacon = { lane, head_seq: seq, head_hash: hash.slice(0, 16), hand_fen: 0 };
  expect(server.requests[0]?.beacon).toEqual({ ...beacon, at: bench.clock.at });
});

test('it delivers all events of a revoked phone, and then says that there is no page', async () => {
  const all = Array.from({ length: 449 }, (_, at) => aVisit(`W${at}`));
  await record(bench.phone, { facts: all, lines: [] });
  server.error = 'device_revoked';

  expect(await run()).toBe('device_revoked');

  expect(bench.phone.unsent.value).toEqual([]);
  expect(server.requests).toHaveLength(2);
});

test('it stops asking when answers move nothing', async () => {
  await visits('W01');
  vi.spyOn(server as unknown as { take: () => Promise<unknown[]> }, 'take').mockResolvedValue([]);

  expect(await run()).toBe('not_taken');

  expect(server.requests).toHaveLength(1);
});

test.each([
  ['a sign-in page', answerOf('<html>Welcome</html>')],
  ['a proxy\'s error', answerOf('<h1>502</h1>', 502)],
  ['an answer of long ago', null],
])('it changes nothing for %s, and comes through with the next try', async (_, page) => {
  await visits('W01');
  server.rows = [loan('L1', 1)];
  const old = await server.line({ ...(await firstAsk()), headers: {} });
  server.events.clear();
  bench.line = async () => page ?? old;

  expect(await run()).not.toBeNull();
  expect(bench.phone.unsent.value).toHaveLength(2);
  expect(held()).toEqual([]);

  bench.line = server.line;
  expect(await run()).toBeNull();
  expect(held()).toEqual([['L1', 100_00]]);
});

/** What the phone would ask now; it hears no answer. */
async function firstAsk(): Promise<Ask> {
  let heard: Ask | null = null;
  bench.line = async (ask) => {
    heard = ask;
    throw new Trouble('no_signal');
  };
  await run();
  return heard!;
}

test('it loses nothing and doubles nothing, killed at whatever request or write', async () => {
  server.rows = [loan('L1', 1), loan('L2', 2)];
  await visits('W01', 'W02');
  const gone = new Trouble('no_signal');
  for (let step = 1; step < 40; step += 1) {
    let left = step;
    const die = () => {
      left -= 1;
      if (left === 0) throw gone;
    };
    const line: Line = async (ask) => {
      die();
      const answer = await server.line(ask);
      die();
      return answer;
    };
    bench.line = line;
    const { db } = bench.phone;
    const real = db.transaction.bind(db);
    const writes = vi.spyOn(db, 'transaction').mockImplementation((...given) => {
      if (given[1] === 'readwrite') die();
      return real(...given);
    });
    const died = await exchangeAll(bench.phone).then(() => false, () => true);
    writes.mockRestore();
    // The next start sees only what the stores hold.
    bench = Object.assign(await wakePhone(db, bench.journal), { line: server.line });
    await visits(`K${step}`);
    if (!died) break;
  }
  expect(await run()).toBeNull();

  expect(bench.phone.unsent.value).toEqual([]);
  expect(new Set(server.events.keys())).toEqual(
    new Set(bench.phone.log.value.map(({ hash }) => hash)),
  );
  expect(held().map(([eid]) => eid)).toEqual(['L1', 'L2']);
  expect(await metaOf(bench.phone.db, 'transfer')).toBeUndefined();
});

test('it goes on with its request after a cut and a start, and is then rid of it', async () => {
  const letters = () => Array.from(bench.clock.random(900), (byte) => 48 + (byte & 63));
  const facts = Array.from({ length: 12 }, () => {
    const { body, ...visit } = aVisit();
    return { ...visit, body: { ...body, place_reason: String.fromCharCode(...letters()) } };
  });
  await record(bench.phone, { facts, lines: [] });
  server.cutUp = 2_000;
  let left = 2;
  bench.line = async (ask) => {
    left -= 1;
    if (left < 0) throw new Trouble('no_signal');
    return server.line(ask);
  };
  expect(await run()).toBe('no_signal');
  const kept = await metaOf(bench.phone.db, 'transfer');

  bench = Object.assign(await wakePhone(bench.phone.db, bench.journal), { line: server.line });
  expect(await run()).toBeNull();

  expect(server.requests[0]?.req_id).toBe(kept?.req_id);
  expect(server.events.size).toBe(13);
  expect(bench.phone.unsent.value).toEqual([]);
  expect(await metaOf(bench.phone.db, 'transfer')).toBeUndefined();
});

test('it leaves an old transfer, and one that was sent from another cursor', async () => {
  await visits('W01');
  const ask = await firstAsk();
  const stale = {
    req_id: '9'.repeat(32), at: bench.clock.at, hashes: [], cursor: 'epoch-1.7', incidents: [],
    headers: ask.headers as Record<string, string>, body: ask.body!, sent: true, offset: 0,
    piece: 4_096, plain: new Uint8Array(0), packed: new Uint8Array(0),
  };
  bench.line = server.line;
  await keep(bench.phone.db, { transfer: stale });
  expect(await run()).toBeNull();
  const old = { ...stale, cursor: 'epoch-1.0', at: bench.clock.at - 3_600_001 };
  await keep(bench.phone.db, { transfer: old });
  expect(await run()).toBeNull();

  expect(server.requests.every(({ req_id }) => req_id !== stale.req_id)).toBe(true);
});

test('it proves itself by its secret to a server that was restored and lost its key', async () => {
  await visits('W01');
  bench.line = async (ask) =>
    'Doorstep-Signature' in ask.headers
      ? answerOf({ code: 'bad_request_signature' }, 401)
      : server.line(ask);

  expect(await run()).toBeNull();

  expect(server.events.size).toBe(2);
});
