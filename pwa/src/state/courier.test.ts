/**
 * Records that somebody else carries, between two phones and a server.
 *
 * Method: Li Wei's phone and Zhang Min's, each with a database of its own; the server opens bundles
 * with its real key and answers as docs/courier.md says. Nothing is shared but bytes.
 */

import { beforeEach, expect, test } from 'vitest';
import { emptyStorage } from '../store/testing';
import { openDb, read } from '../store/db';
import { keep } from '../store/meta';
import { reconcile } from '../store/recover';
import { makeKey } from '../device/keys';
import { Trouble } from '../device/trouble';
import { fromHex, hmac, utf8 } from '../device/bytes';
import { toText } from '../sync/bundle';
import { aVisit, answerOf, enrolledPhone, FakeJournal, LI_WEI, wakePhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { FakeCourier, sealAnswer } from '../testing/courier';
import { FakeServer } from '../testing/server';
import { makeBundles, takeIn } from './courier';
import { deliverCarried } from './deliver';
import type { Phone } from './phone';
import { record } from './record';
import { makeSync } from './sync';

const OTHER_SECRET = 'CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk';

let server: FakeServer;
let courier: FakeCourier;
let li: Bench;
let zhang: Bench;

async function zhangMin(): Promise<Bench> {
  const identity = {
    ...LI_WEI,
    lane: 'c'.repeat(32),
    device: 'device-2',
    officer: { id: 'officer-2', name: '张敏' },
    ack_secret: OTHER_SECRET,
  };
  const db = await openDb();
  await keep(db, { identity, key: await makeKey(), boot: 1 });
  return wakePhone(db, new FakeJournal());
}

beforeEach(async () => {
  server = new FakeServer();
  courier = await new FakeCourier(server, {
    maker: LI_WEI.ack_secret,
    carrier: OTHER_SECRET,
  }).open();
  emptyStorage();
  zhang = await zhangMin();
  emptyStorage();
  li = await enrolledPhone();
  li.phone.identity.value = { ...LI_WEI, server_key: courier.serverKey };
  await record(li.phone, { facts: [aVisit('W01'), aVisit('W02')], lines: [] });
});

const bundlesOn = ({ db }: Phone) => read(db, 'bundles').getAll();

/** Li Wei's outbox on Zhang Min's phone; the bytes that were shown. */
async function handOver() {
  const [made] = await makeBundles(li.phone);
  const bytes = made?.bytes ?? new Uint8Array();
  await takeIn(zhang.phone, bytes);
  return bytes;
}

test('it brings the records to the server and the answer back without a line', async () => {
  await handOver();
  zhang.line = courier.line;
  await deliverCarried(zhang.phone);

  const [carried] = await bundlesOn(zhang.phone);
  expect(carried).toMatchObject({ role: 'carried', state: 'delivered', count: 3, bytes: null });
  expect(server.events.size).toBe(3);
  expect(li.phone.unsent.value).toHaveLength(3);

  const taken = await takeIn(li.phone, carried!.ack!);

  expect(taken.kind).toBe('ack');
  expect(li.phone.unsent.value).toEqual([]);
  expect([...li.phone.verdicts.value.values()].map(({ verdict }) => verdict)).toEqual([
    'applied', 'applied', 'applied',
  ]);
  expect(await bundlesOn(li.phone)).toMatchObject([{ role: 'own', state: 'delivered' }]);
});

test('it sends nothing twice when the phone comes to the server itself', async () => {
  await handOver();
  zhang.line = courier.line;
  await deliverCarried(zhang.phone);
  li.line = server.line;

  await makeSync(li.phone).run();

  expect(server.events.size).toBe(3);
  expect(li.phone.unsent.value).toEqual([]);
});

test('it is delivered with the next exchange, behind the own records', async () => {
  await handOver();
  await record(zhang.phone, { facts: [aVisit('W09')], lines: [] });
  zhang.line = courier.line;
  server.secret = OTHER_SECRET;

  await makeSync(zhang.phone).run();

  expect(server.asks.length).toBeGreaterThan(0);
  expect(zhang.phone.unsent.value).toEqual([]);
  expect((await bundlesOn(zhang.phone))[0]).toMatchObject({ state: 'delivered' });
});

test('it is delivered even by a phone whose own exchange is refused', async () => {
  await handOver();
  zhang.line = courier.line;
  server.secret = OTHER_SECRET;
  server.error = 'device_revoked';
  const sync = makeSync(zhang.phone);

  await sync.run();

  expect(sync.state.value.code).toBe('device_revoked');
  expect((await bundlesOn(zhang.phone))[0]).toMatchObject({ state: 'delivered' });
});

test('it shows the same bundle again until something new is recorded', async () => {
  const [first] = await makeBundles(li.phone);
  const [again] = await makeBundles(li.phone);
  expect(again?.id).toBe(first?.id);

  await record(li.phone, { facts: [aVisit('W03')], lines: [] });
  const [next] = await makeBundles(li.phone);

  expect(next?.count).toBe(4);
  expect(next?.id).not.toBe(first?.id);
  const kept = await bundlesOn(li.phone);
  expect(kept.find(({ id }) => id === first?.id)?.bytes).toBeNull();
});

test('it makes another bundle of what does not fit into the first', async () => {
  const many = Array.from({ length: 900 }, (_, at) => aVisit(`W${at}`));
  await record(li.phone, { facts: many, lines: [] });

  const made = await makeBundles(li.phone);

  expect(made.map(({ count }) => count)).toEqual([800, 103]);
  const [first, second] = made.map(({ bytes }) => bytes!);
  const late = await courier.take(second!);
  const early = await courier.take(first!);
  await takeIn(li.phone, late);
  expect(li.phone.unsent.value).toHaveLength(800);
  await takeIn(li.phone, early);
  expect(li.phone.unsent.value).toEqual([]);
});

test('it takes a bundle as a text file, once', async () => {
  const bytes = await handOver();

  const again = await takeIn(zhang.phone, utf8(toText(bytes)));

  expect(again.kind).toBe('bundle');
  expect(await bundlesOn(zhang.phone)).toHaveLength(1);
});

test('it tells the carrier how many and how large, and nothing else (peers 24)', async () => {
  const bytes = await handOver();
  const text = String.fromCharCode(...bytes);

  for (const word of [LI_WEI.device, LI_WEI.lane, 'W01', 'officer-1', 'visit']) {
    expect(text).not.toContain(word);
  }
  await expect(takeIn(zhang.phone, await courier.take(bytes))).resolves.toMatchObject({
    kind: 'ack_for_other',
  });
  expect((await bundlesOn(zhang.phone))[0]).toMatchObject({ state: 'waiting' });
});

test.each([
  ['a page of somebody else', answerOf('<html>')],
  ['an answer without a mark', answerOf({ bundle: '', ack: 'AAAA' })],
  ['a server that is down', answerOf('', 503)],
])('it keeps the bundle after %s', async (_, answer) => {
  await handOver();
  zhang.line = async () => answer;

  await deliverCarried(zhang.phone);

  const [carried] = await bundlesOn(zhang.phone);
  expect(carried).toMatchObject({ state: 'waiting', ack: null });
  expect(carried?.bytes).not.toBeNull();
});

test('it says so when the server could only keep it', async () => {
  await handOver();
  zhang.line = async (ask) => {
    const told = JSON.parse(new TextDecoder().decode((await courier.line(ask)).bytes));
    const mark = await hmac(OTHER_SECRET, utf8(`${told.bundle}|`));
    return answerOf({ bundle: told.bundle, ack: null, mark, code: 'bundle_key_unknown' }, 202);
  };

  await deliverCarried(zhang.phone);

  const [carried] = await bundlesOn(zhang.phone);
  expect(carried).toMatchObject({ state: 'kept', code: 'bundle_key_unknown' });
});

test('it believes no acknowledgement that is not for it, or not whole', async () => {
  const bytes = await handOver();
  const ack = await courier.take(bytes);
  const bent = ack.map((byte, at) => (at === 60 ? byte ^ 1 : byte));
  await expect(takeIn(li.phone, bent)).rejects.toMatchObject({ code: 'bundle_damaged' });

  const id = fromHex((await bundlesOn(li.phone))[0]!.id);
  const told = { v: 1, epoch: 'epoch-1', lanes: [], took: [] };
  const forged = await sealAnswer(OTHER_SECRET, id, told);
  await expect(takeIn(li.phone, forged)).rejects.toEqual(new Trouble('not_for_us'));

  expect(li.phone.unsent.value).toHaveLength(3);
});

test('it takes nothing from an acknowledgement of another history of the server', async () => {
  const ack = await courier.take(await handOver());
  server.epoch = 'epoch-2';
  server.events.clear();
  li.line = server.line;
  await record(li.phone, { facts: [aVisit('W03')], lines: [] });
  await makeSync(li.phone).run();
  await record(li.phone, { facts: [aVisit('W04')], lines: [] });

  await expect(takeIn(li.phone, ack)).rejects.toEqual(new Trouble('ack_other_epoch'));

  expect(li.phone.unsent.value).toHaveLength(1);
});

test('it reads the acknowledgement after a wipe, without a record of the bundle', async () => {
  const ack = await courier.take(await handOver());
  emptyStorage();
  const db = await openDb();
  await reconcile(db, li.journal, await li.journal.open(false));
  const woken = await wakePhone(db, li.journal);
  expect(woken.phone.unsent.value).toHaveLength(3);

  await takeIn(woken.phone, ack);

  expect(woken.phone.unsent.value).toEqual([]);
});

test('it makes no bundle of nothing, and none without the key of the server', async () => {
  await expect(makeBundles(zhang.phone)).rejects.toEqual(new Trouble('nothing_unsent'));
  li.phone.identity.value = LI_WEI;

  await expect(makeBundles(li.phone)).rejects.toEqual(new Trouble('no_server_key'));
});

test('it seals to the newest key that the server has told of', async () => {
  const renewed = await new FakeCourier(server, courier.secrets).open();
  const row = { server_key: renewed.serverKey };
  const me = { etype: 'me', eid: 'officer-1', tick: 1, row, sum: '' };
  li.phone.rows.value = new Map([['me', new Map([['officer-1', me]])]]);

  const [made] = await makeBundles(li.phone);

  await expect(courier.take(made!.bytes!)).rejects.toThrow();
  expect((await renewed.take(made!.bytes!)).length).toBeGreaterThan(100);
});
