/**
 * Cash from hand to hand between two phones, without a server and without a camera.
 *
 * Method: Li Wei's phone and Zhang Min's, each with a database and a key of its own; what one shows
 * is given to the other as bytes. The screens that count are played by their bodies.
 */

import { beforeEach, expect, test } from 'vitest';
import { utf8 } from '../device/bytes';
import { makeKey, publicPoint } from '../device/keys';
import { openDb } from '../store/db';
import { keep, metaOf } from '../store/meta';
import { emptyStorage } from '../store/testing';
import { enrolledPhone, FakeJournal, LI_WEI, wakePhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { giveRoute } from '../testing/route';
import { checkOffer, handOver, messageOf, openOffer } from './handover';
import { readSide, takeOver, takeProof } from './handover';
import { load } from './phone';
import type { Phone } from './phone';
import { record } from './record';
import { showPhone, shown } from './shown';
import { holdPhone } from './start';

const PIECES = { 10: 0, 50: 0, 100: 0, 500: 0, 1000: 0, 2000: 0, 5000: 0, 10000: 7 };
const LESS = { ...PIECES, 10000: 6 };

let li: Bench;
let zhang: Bench;

/** Whose screens are shown now. */
function at({ phone }: Bench): Phone {
  holdPhone(phone);
  showPhone();
  return phone;
}

/** Each knows the other, and the key of the other's phone. */
async function introduce(bench: Bench, other: Bench, keys?: Record<string, string[]>) {
  const own = bench.phone.identity.value!.officer.id;
  const their = other.phone.identity.value!.officer.id;
  const known = keys ?? { [their]: [await publicPoint(other.phone.key!)] };
  const row = { id: own, name: own, colleagues: [{ id: their, name: their }], keys: known };
  bench.phone.rows.value = new Map([
    ['me', new Map([[own, { etype: 'me', eid: own, tick: 1, row, sum: '' }]])],
  ]);
}

beforeEach(async () => {
  emptyStorage();
  const identity = {
    ...LI_WEI,
    lane: 'c'.repeat(32),
    device: 'device-2',
    officer: { id: 'officer-2', name: '张敏' },
  };
  const db = await openDb();
  await keep(db, { identity, key: await makeKey(), boot: 1 });
  zhang = await wakePhone(db, new FakeJournal());
  emptyStorage();
  li = await enrolledPhone();
  await giveRoute(li);
  await introduce(li, zhang);
  await introduce(zhang, li);
  const body = { amount_fen: 700_00, receipt_no: 'SJ000099', household: 'W01', loan: 'L1' };
  await record(li.phone, { facts: [{ kind: 'cash.receipt', body }], lines: [] });
});

async function offer() {
  const phone = at(li);
  const saved = await handOver(phone, 'officer-2', { pieces: PIECES, cause: '' }, []);
  return messageOf(saved!.at(-1)!);
}

test('it lowers one hand and raises the other, each by what its own side has seen', async () => {
  const shownByLi = await offer();
  expect(shown.handFen.value).toBe(700_00);
  expect(openOffer(li.phone)).not.toBeNull();

  const phone = at(zhang);
  const side = await readSide(shownByLi);
  expect(side.isProved).toBe(true);
  expect(checkOffer(phone, side)).toBeNull();
  const counted = { pieces: LESS, cause: '少一张' };
  const taken = (await takeOver(phone, side, counted, []))!.at(-1)!;
  expect(taken.event.body).toMatchObject({
    into: 'hand', expected_fen: 700_00, amount_fen: 600_00, variance_fen: -100_00,
  });
  expect(shown.handFen.value).toBe(600_00);
  expect(checkOffer(phone, side)?.hash).toBe(taken.hash);

  at(li);
  await takeProof(li.phone, await readSide(messageOf(taken)));
  expect(shown.handFen.value).toBe(0);
  expect(openOffer(li.phone)).toBeNull();
  expect(await metaOf(li.phone.db, 'proofs')).toHaveLength(1);
  await load(li.phone);
  expect(li.phone.proofs.value).toHaveLength(1);
});

test('it lowers the hand too when the server says that the other side has confirmed', async () => {
  await offer();
  const { hash } = openOffer(li.phone)!;

  li.phone.verdicts.value = new Map([
    [hash, { hash, verdict: 'applied', tick: 3, reason: null, needs: null }],
  ]) as typeof li.phone.verdicts.value;

  expect(shown.handFen.value).toBe(0);
  expect(openOffer(li.phone)).toBeNull();
});

test('it puts what a cashier takes into the vault, not into her hand', async () => {
  const shownByLi = await offer();
  const phone = at(zhang);
  const me = phone.rows.value.get('me')!.get('officer-2')!;
  phone.rows.value = new Map([
    ['me', new Map([['officer-2', { ...me, row: { ...me.row, is_cashier: true } }]])],
  ]);

  const side = await readSide(shownByLi);
  const saved = await takeOver(phone, side, { pieces: PIECES, cause: '' }, []);

  expect(saved!.at(-1)!.event.body).toMatchObject({ into: 'vault', variance_fen: 0, cause: null });
  expect(shown.handFen.value).toBe(0);
});

test('it believes no other phone than that of the officer', async () => {
  const shownByLi = await offer();
  await introduce(zhang, li, { 'officer-1': [await publicPoint(zhang.phone.key!)] });
  at(zhang);
  await expect(readSide(shownByLi)).rejects.toThrow('handover_forged');

  await introduce(zhang, li, {});
  at(zhang);
  expect((await readSide(shownByLi)).isProved).toBe(false);
  const changed = new TextDecoder().decode(shownByLi).replaceAll('70000', '90000');
  await expect(readSide(utf8(changed))).rejects.toThrow('not_a_handover');
});

test('it takes nothing that is not a handover, nor one that is not for her', async () => {
  for (const words of ['', '{}', 'null', '{"v":1,"sig":"x","event":{"kind":"cash.void"}}']) {
    await expect(readSide(utf8(words))).rejects.toThrow('not_a_handover');
  }
  const own = await readSide(await offer());
  expect(() => checkOffer(li.phone, own)).toThrow('handover_not_yours');
  await expect(takeProof(li.phone, own)).rejects.toThrow('handover_not_yours');
});

test('it says since when cash is in the hand and by when it is due, without a signal', async () => {
  at(li);
  expect(shown.due.value).toEqual({ since: '2026-03-02', by: '2026-03-02' });
  const me = li.phone.rows.value.get('me')!.get('officer-1')!;
  const settings = { deposit_rules: [{ from: '2026-01-01', deadline: 'next_working_day' }] };
  const tell = (more: object) => {
    const row = { ...me.row, settings, ...more };
    li.phone.rows.value = new Map([['me', new Map([['officer-1', { ...me, row }]])]]);
  };
  tell({});
  expect(shown.due.value?.by).toBe('2026-03-03');
  tell({ deposit_until: '2026-03-05' });
  expect(shown.due.value?.by).toBe('2026-03-05');
});
