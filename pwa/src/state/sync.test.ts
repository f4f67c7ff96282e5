/** The exchange, run by run. Method: a small server behind a line that loses, delays and lies. */

import { beforeEach, expect, test } from 'vitest';
import { emptyStorage } from '../store/testing';
import { Trouble } from '../device/trouble';
import type { Line } from '../device/line';
import { answerOf, aVisit, enrolledPhone, wakePhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { FakeServer, isSignedBy } from '../testing/server';
import type { SyncRequest, WireRow } from '../store/wire';
import { unpack } from '../sync/columns';
import { openDb, read } from '../store/db';
import { reconcile } from '../store/recover';
import { record } from './record';
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

const kindsIn = (request?: SyncRequest) =>
  unpack(request?.push?.events).map(({ kind }) => kind);

async function run(): Promise<string | null> {
  const sync = makeSync(bench.phone);
  await sync.run();
  return sync.state.value.code;
}

const loan = (eid: string, tick: number): WireRow => ({
  etype: 'loan',
  eid,
  tick,
  op: 'upsert',
  row: { id: eid, principal_fen: 100_00 },
});

test('it brings every event to the server once, and then has nothing to send', async () => {
  await visits('W01', 'W02');

  expect(await run()).toBeNull();

  expect(server.events.size).toBe(3);
  expect(bench.phone.unsent.value).toEqual([]);
  expect(await run()).toBeNull();
  expect(server.requests.at(-1)?.push).toBeNull();
});

test('it sends 450 events in batches of four hundred', async () => {
  const all = Array.from({ length: 449 }, (_, at) => aVisit(`W${at}`));
  await record(bench.phone, { facts: all, lines: [] });

  await run();

  expect(server.events.size).toBe(450);
  expect(server.requests.map(({ push }) => push?.events.n)).toEqual([400, 50]);
});

test('it loses nothing and doubles nothing when the answer is lost (peers 7)', async () => {
  await visits('W01');
  const lossy: Line = async (ask) => {
    await server.line(ask);
    throw new Trouble('no_signal');
  };
  bench.line = lossy;
  expect(await run()).toBe('no_signal');
  expect(bench.phone.unsent.value).toHaveLength(2);

  bench.line = server.line;
  expect(await run()).toBeNull();

  expect(server.events.size).toBe(2);
  expect(bench.phone.unsent.value).toEqual([]);
  expect([...bench.phone.verdicts.value.values()].map(({ verdict }) => verdict)).toEqual([
    'applied',
    'applied',
  ]);
});

test.each([
  ['a sign-in page', '<html>Welcome to the hotel</html>', 'not_our_server'],
  ['an empty answer', '', 'not_our_server'],
  ['JSON of another service', '{"ok":true}', 'not_our_server'],
])('it changes nothing for %s with status 200 (peers 3)', async (_, text, code) => {
  await visits('W01');
  bench.line = async () => answerOf(text);

  expect(await run()).toBe(code);

  expect(bench.phone.unsent.value).toHaveLength(2);
  expect(bench.phone.pull.value.cursor).toBeNull();
});

test('it changes nothing for an answer with a wrong MAC (peers 3)', async () => {
  await visits('W01');
  server.rows = [loan('L1', 1)];
  server.secret = 'CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg';

  expect(await run()).toBe('mac_wrong');

  expect(bench.phone.unsent.value).toHaveLength(2);
  expect(bench.phone.rows.value.size).toBe(0);
});

test('it takes the route page by page until it is complete', async () => {
  server.rows = [loan('L1', 1), loan('L2', 2), loan('L3', 3)];

  expect(await run()).toBeNull();

  expect([...(bench.phone.rows.value.get('loan')?.keys() ?? [])]).toEqual(['L1', 'L2', 'L3']);
  expect(server.requests).toHaveLength(3);
});

test('it goes on with the pages where a cut left off', async () => {
  server.rows = [loan('L1', 1), loan('L2', 2), loan('L3', 3)];
  let left = 2;
  bench.line = async (ask) => {
    left -= 1;
    if (left < 0) throw new Trouble('no_signal');
    return server.line(ask);
  };
  expect(await run()).toBe('no_signal');

  bench.line = server.line;
  expect(await run()).toBeNull();

  expect(server.requests).toHaveLength(3);
  expect(bench.phone.rows.value.get('loan')?.size).toBe(3);
});


test('it loads all rows again when the server does not know the cursor', async () => {
  server.rows = [loan('L1', 1)];
  await run();
  let refused = false;
  bench.line = async (ask) => {
    const text = '{"code":"cursor_invalid"}';
    if (refused) return server.line(ask);
    refused = true;
    return answerOf(text, 400);
  };

  expect(await run()).toBeNull();

  expect(server.requests.at(-1)?.pull?.cursor).toBeNull();
  expect(bench.phone.rows.value.get('loan')?.size).toBe(1);
});

test('it sends less at a time when the server finds a batch too large (peers 23)', async () => {
  await visits('W01', 'W02', 'W03');
  bench.line = async (ask) => {
    const answer = await server.line(ask);
    const many = (server.requests.at(-1)?.push?.events.n ?? 0) > 2;
    if (many) server.events.clear();
    const text = '{"code":"body_too_large"}';
    return many ? answerOf(text, 413) : answer;
  };

  // 400, 100, 25, 7 and then 2 at a time.
  expect(await run()).toBeNull();

  expect(server.events.size).toBe(4);
});

test('it waits as long as the server asks', async () => {
  bench.line = async () => answerOf({ code: 'server_busy' }, 503, { 'retry-after': '90' });
  const sync = makeSync(bench.phone);

  await sync.run();

  expect(sync.state.value).toMatchObject({ is: 'error', code: 'server_busy' });
  expect(sync.state.value.again_at).toBe(bench.clock.at + 90_000);
});

test('it runs once, however often it is asked at the same time', async () => {
  await visits('W01');
  const sync = makeSync(bench.phone);

  await Promise.all([sync.run(), sync.run(), sync.run()]);

  expect(server.requests).toHaveLength(1);
});

test('it pushes again what a server of another history does not have (peers 11)', async () => {
  await visits('W01');
  await run();
  server.events.clear();
  server.epoch = 'epoch-2';

  expect(await run()).toBeNull();

  expect(server.events.size).toBe(2);
  expect(bench.phone.acks.value.epoch).toBe('epoch-2');
  expect(bench.phone.news.value).toMatchObject({ kind: 'epoch' });
});

test('it keeps what was recorded while the request was under way', async () => {
  await visits('W01');
  bench.line = async (ask) => {
    if (server.requests.length === 0) await visits('W02');
    return server.line(ask);
  };

  expect(await run()).toBeNull();

  expect(server.events.size).toBe(3);
});

test('it tells what became of an event, with the reason', async () => {
  await visits('W01');
  const { lane, hash } = bench.phone.log.value[1]!;
  const run16 = [2, 2, hash.slice(0, 16), 1, 'quarantined', 'unknown_case', null] as const;
  server.verdicts = [[lane, [run16]]];
  server.rows = [loan('L1', 1)];

  await run();

  expect(bench.phone.verdicts.value.get(hash)).toMatchObject({ reason: 'unknown_case', tick: 1 });
});

test('it comes home after a wipe: the old events by the secret, then the new key', async () => {
  await visits('W01');
  emptyStorage();
  const db = await openDb();
  const { journal } = bench;
  await reconcile(db, journal, await journal.open(false));
  bench = Object.assign(await wakePhone(db, journal), { line: server.line });
  await visits('W02');

  expect(await run()).toBeNull();

  const [first, second] = server.requests;
  expect(kindsIn(first)).toEqual(['lane.opened', 'visit.started']);
  expect(first?.push).not.toHaveProperty('new_key');
  expect(kindsIn(second)).toEqual(['key.rotated', 'visit.started']);
  expect(second?.push?.new_key).toHaveLength(87);
  expect(server.asks.every(({ headers }) => 'Doorstep-Resume' in headers)).toBe(true);
  expect(server.events.size).toBe(4);

  await run();
  const key = bench.phone.key?.publicKey;
  expect(await isSignedBy(server.asks.at(-1)!, key!)).toBe(true);
});

test('it can send the old events before it may record again', async () => {
  await visits('W01');
  emptyStorage();
  const db = await openDb();
  const { journal } = bench;
  await reconcile(db, journal, await journal.open(false));
  bench = Object.assign(await wakePhone(db, journal), { line: server.line });
  bench.phone.persisted.value = false;

  expect(await run()).toBeNull();

  expect(server.events.size).toBe(2);
});

test('it lays a copy of the complete rows beside the journal, in turn', async () => {
  server.rows = [loan('L1', 1)];

  await run();
  await run();

  const copies = bench.journal.slots.map((slot) => JSON.parse(new TextDecoder().decode(slot!)));
  expect(copies.map(({ serial }) => serial)).toEqual([1, 2]);
  expect(copies[1].rows).toHaveLength(1);
});

test('it leaves the database as it was when the phone cannot write the answer', async () => {
  await visits('W01');
  server.rows = [loan('L1', 1)];
  bench.line = async (ask) => {
    const answer = await server.line(ask);
    bench.phone.db.close();
    return answer;
  };

  expect(await run()).toBe('phone_trouble');

  const db = await openDb();
  expect(await read(db, 'rows').getAll()).toEqual([]);
  expect(bench.phone.unsent.value).toHaveLength(2);
});

test('it tries again by itself, up to a limit that doubles (peers 21)', async () => {
  const waits: number[] = [];
  let wake = () => {};
  bench.clock.after = (waitMs, then) => {
    waits.push(waitMs);
    wake = then;
    return () => {};
  };
  bench.line = async () => {
    throw new Trouble('no_signal');
  };
  const sync = makeSync(bench.phone);
  await sync.run();
  for (let tries = 1; tries < 9; tries += 1) {
    const before = waits.length;
    wake();
    await expect.poll(() => waits.length).toBe(before + 1);
  }

  // The dice of the fake clock always show the middle; a second more, for the radio to come up.
  const limits = [4, 8, 16, 32, 64, 128, 256, 300, 300];
  expect(waits).toEqual(limits.map((limit) => limit * 500 + 1_000));
});

test('it is not in a hurry after a save while a try has its time already', async () => {
  bench.line = async () => {
    throw new Trouble('no_signal');
  };
  const sync = makeSync(bench.phone);
  await sync.run();
  const waits: number[] = [];
  bench.clock.after = (waitMs) => {
    waits.push(waitMs);
    return () => {};
  };

  sync.soon();

  expect(waits).toEqual([]);
});

test('it waits for the program that it lacks as for a signal', async () => {
  const sync = makeSync(bench.phone, async () => {
    throw new Trouble('no_signal');
  });

  await sync.run();

  expect(sync.state.value).toMatchObject({ is: 'error', code: 'no_signal' });
});
