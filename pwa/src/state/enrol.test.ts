/** Enrolment. Method: answers that come, are lost, are refused, or are not ours. */

import { beforeEach, expect, test } from 'vitest';
import { emptyStorage } from '../store/testing';
import { fromUtf8 } from '../device/bytes';
import type { Ask } from '../device/line';
import { Trouble } from '../device/trouble';
import { answerOf, EPOCH, FakeJournal, SECRET, wakePhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { openDb } from '../store/db';
import { metaOf } from '../store/meta';
import { enrol, hadLane } from './enrol';

let bench: Bench;
let asks: Ask[];

beforeEach(async () => {
  emptyStorage();
  const journal = new FakeJournal();
  journal.exists = false;
  bench = await wakePhone(await openDb(), journal);
  asks = [];
  bench.line = async (ask) => {
    asks.push(ask);
    return answerOf(answerTo(ask), 201);
  };
});

const sent = (ask: Ask | undefined) => JSON.parse(fromUtf8(ask?.body ?? new Uint8Array()));

function answerTo(ask: Ask) {
  return {
    device: 'device-1',
    lane: { id: sent(ask).lane, code: 'D1' },
    officer: { id: 'officer-1', name: '李薇' },
    branch: { id: 'main', name: '涡水分社' },
    ack_secret: SECRET,
    epoch: EPOCH,
    now: 0,
  };
}

test('it makes a key that cannot be taken out, and opens the lane with it', async () => {
  await enrol(bench.phone, 't945-vxd4');

  expect(sent(asks[0])).toMatchObject({ code: 'T945VXD4', alg: 'ES256' });
  expect(bench.phone.key?.privateKey.extractable).toBe(false);
  expect(bench.phone.log.value.map(({ event }) => event.kind)).toEqual(['lane.opened']);
  expect(bench.phone.identity.value?.officer.name).toBe('李薇');
  expect(hadLane(bench.phone)).toBe(true);
});

test('it asks again with the same key and lane when the answer was lost', async () => {
  const good = bench.line;
  bench.line = async (ask) => {
    await good(ask);
    throw new Trouble('no_signal');
  };
  await expect(enrol(bench.phone, 'T945VXD4')).rejects.toThrow('no_signal');
  bench.line = good;

  await enrol(bench.phone, 'T945VXD4');

  expect(sent(asks[1])).toEqual(sent(asks[0]));
  expect(await metaOf(bench.phone.db, 'pending')).toBeUndefined();
});

test('it refuses what cannot be a code before it asks anybody', async () => {
  await expect(enrol(bench.phone, 'UUUU-UUUU')).rejects.toThrow('code_unknown');

  expect(asks).toEqual([]);
});

test.each([
  ['a used code', 409, '{"code":"code_used"}', 'code_used'],
  ['an expired code', 410, '{"code":"code_expired"}', 'code_expired'],
  ['a sign-in page', 200, '<html>', 'not_our_server'],
  ['somebody else', 200, '{"hello":1}', 'not_our_server'],
])('it stays without a lane after %s', async (_, status, text, code) => {
  bench.line = async () => answerOf(text, status);

  await expect(enrol(bench.phone, 'T945VXD4')).rejects.toMatchObject({ code });

  expect(bench.phone.identity.value).toBeNull();
  expect(bench.journal.payloads).toEqual([]);
});

test('it takes another lane when this one is somebody else\'s', async () => {
  const good = bench.line;
  const taken = answerOf({ code: 'lane_taken' }, 409);
  bench.line = async (ask) => ((await good(ask)) ? taken : taken);
  await expect(enrol(bench.phone, 'T945VXD4')).rejects.toThrow('lane_taken');
  bench.line = good;

  await enrol(bench.phone, 'T945VXD4');

  expect(sent(asks[1]).lane).not.toBe(sent(asks[0]).lane);
});

test('it does not use up the code when the phone has no files to give', async () => {
  bench.journal.open = async () => {
    throw new Trouble('SecurityError');
  };

  await expect(enrol(bench.phone, 'T945VXD4')).rejects.toThrow('SecurityError');

  expect(asks).toEqual([]);
});

test('it opens the lane later when recording is not allowed yet', async () => {
  bench.phone.persisted.value = false;

  await enrol(bench.phone, 'T945VXD4');

  expect(bench.phone.log.value).toEqual([]);
  expect(bench.phone.identity.value).not.toBeNull();
});

test('it tells what it had, when all of it was lost before', async () => {
  const seen = { lane: 'a'.repeat(32), seq: 41, hash: 'f'.repeat(16), receipt_no: 'SJ000107' };
  bench.sentinel.text = JSON.stringify(seen);

  await enrol(bench.phone, 'T945VXD4');

  const details = { lane: seen.lane, seq: 41, receipt_no: 'SJ000107' };
  expect(await metaOf(bench.phone.db, 'incidents')).toMatchObject([{ kind: 'lost_all', details }]);
  expect(JSON.parse(bench.sentinel.text)).toMatchObject({ seq: 1 });
});

test('it has nothing to tell of a phone that is new', async () => {
  await enrol(bench.phone, 'T945VXD4');

  expect(await metaOf(bench.phone.db, 'incidents')).toBeUndefined();
});
