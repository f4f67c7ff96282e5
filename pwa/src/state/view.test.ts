/** What the screens show. Method: a small route, own events on top, and the clock moved on. */

import { beforeEach, expect, test } from 'vitest';
import { emptyStorage } from '../store/testing';
import { enrolledPhone, MONDAY } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { giveRoute } from '../testing/route';
import { record } from './record';
import { acksAfter } from '../store/lanes';
import { inOrder, isMet, limitationOf, makeView, pastDue } from './view';
import type { LoanRow } from './rows';

let bench: Bench;

beforeEach(async () => {
  emptyStorage();
  bench = await enrolledPhone();
  await giveRoute(bench);
});

async function slip(receipt_no: string, fen: number, household = 'W01', loan = 'L1') {
  const parts = { principal_fen: fen, interest_fen: 0, penalty_fen: 0, cost_fen: 0 };
  const body = { receipt_no, household, loan, amount_fen: fen, ...parts };
  const fact = { kind: 'cash.receipt', body };
  await record(bench.phone, { facts: [{ ...fact, caseId: loan, subject: household }], lines: [] });
  return bench.phone.log.value.at(-1)?.hash ?? '';
}

test('it groups the day by village, in the order of the route, and drops nobody', () => {
  const view = makeView(bench.phone);

  expect(view.days.value).toEqual(['2026-03-02']);
  expect(view.villages.value.map(({ id, houses }) => [id, houses.length])).toEqual([
    ['V1', 2],
    ['-', 1],
  ]);
});

test('it shows cash at once: the household met, the balance less, the cash in hand', async () => {
  const view = makeView(bench.phone);
  expect(view.handFen.value).toBe(0);

  await slip('SJ000099', 400_00);

  const house = view.houses.value.get('W01')!;
  expect(house.row.state?.outcome).toBe('CASH');
  expect(house.loans[0]?.principal_fen).toBe(600_00);
  expect(view.handFen.value).toBe(400_00);
  expect(view.unsent.value).toEqual({ count: 2, fen: 400_00 });
});

test('it takes a void out of the hand and gives the balance back', async () => {
  const view = makeView(bench.phone);
  const target = await slip('SJ000099', 400_00);
  const body = { target, receipt_no: 'SJ000099', reason: '写错', money_returned: true };

  await record(bench.phone, { facts: [{ kind: 'cash.void', body, subject: 'W01' }], lines: [] });

  expect(view.handFen.value).toBe(0);
  expect(view.houses.value.get('W01')?.row.state?.outcome).toBeNull();
  expect(view.houses.value.get('W01')?.loans[0]?.principal_fen).toBe(1_000_00);
});

test('it gives numbers in order, book after book, and never one of a suspended book', async () => {
  const view = makeView(bench.phone);
  const given: unknown[] = [];

  for (let at = 0; at < 4; at += 1) {
    const { next } = view.slips.value;
    given.push(next?.no);
    await slip(next?.no ?? '', 1_00 + at);
  }

  expect(given).toEqual(['SJ000099', 'SJ000100', 'SJ000201', 'SJ000202']);
  expect(view.slips.value).toEqual({ left: 0, next: null });
});

test('it puts those to meet first, as planned or the small sums first', async () => {
  const view = makeView(bench.phone);
  await slip('SJ000099', 900_00);
  const houses = [...view.houses.value.values()];

  const ids = (easy: boolean) => inOrder(houses, easy).map(({ row }) => row.id);
  expect(ids(false)).toEqual(['W02', 'W03', 'W01']);
  expect(ids(true)).toEqual(['W03', 'W02', 'W01']);
  expect(houses.filter(isMet)).toHaveLength(1);
});

test('it lets the limitation run out without a signal', () => {
  const [running, over] = ['L1', 'L2'].map(
    (id) => bench.phone.rows.value.get('loan')?.get(id)?.row as unknown as LoanRow,
  );

  expect(limitationOf(running!, '2026-03-02')).toEqual({ status: 'RUNNING', left: 273 });
  expect(limitationOf(over!, '2026-03-01')).toEqual({ status: 'RUNNING', left: 0 });
  expect(limitationOf(over!, '2026-03-02')).toEqual({ status: 'EXPIRED', left: -1 });
  expect(limitationOf({ ...over!, limitation: null }, '2026-03-02').status).toBe('UNKNOWN');
  expect(pastDue(running!, '2023-12-01')).toBe(1);
  expect(pastDue({ ...running!, due_on: null }, '2026-03-02')).toBeNull();
});

test('it says of every record where it is (peers 26)', async () => {
  const view = makeView(bench.phone);
  await slip('SJ000099', 1_00);
  const [opened, receipt] = bench.phone.log.value;
  expect(view.where(receipt!)).toBe('local');

  const { lane, seq, hash } = receipt!;
  bench.phone.acks.value = { epoch: 'e', lanes: { [lane]: { seq, hash } }, beside: [] };
  expect(view.where(opened!)).toBe('uploaded');

  const why = { verdict: 'quarantined', reason: 'unknown_case', needs: null };
  const said = { hash, ...why, tick: 1 };
  bench.phone.verdicts.value = new Map([[said.hash, said]]);
  expect(view.where(receipt!)).toBe('quarantined');
  expect(view.handFen.value).toBe(1_00);
});

test('it never mixes what is confirmed with what is pending (peers 2)', async () => {
  const view = makeView(bench.phone);
  await slip('SJ000099', 400_00);
  const { lane, seq, hash } = bench.phone.log.value.at(-1)!;
  bench.phone.acks.value = { epoch: 'e', lanes: { [lane]: { seq, hash } }, beside: [] };
  expect([view.handFen.value, view.unsent.value]).toEqual([400_00, { count: 0, fen: 0 }]);

  await slip('SJ000100', 50_00);

  expect(view.handFen.value).toBe(450_00);
  expect(view.unsent.value).toEqual({ count: 1, fen: 50_00 });
  const pending = view.houses.value.get('W01')?.loans[0]?.pending;
  expect(pending).toContain(bench.phone.log.value.at(-1)?.hash);
});

test('it holds I14: no answer moves the own cash, but a void, a ruling or a count', async () => {
  const view = makeView(bench.phone);
  const first = await slip('SJ000099', 400_00);
  const said = (verdict: string, tick: number | null) =>
    new Map([[first, { hash: first, verdict, reason: null, needs: null, tick }]]);

  for (const verdict of ['applied', 'quarantined', 'parked']) {
    bench.phone.verdicts.value = said(verdict, null);
    expect(view.handFen.value).toBe(400_00);
    bench.phone.verdicts.value = said(verdict, 9);
    expect(view.handFen.value).toBe(400_00);
  }
  const all = bench.phone.rows.value;
  const me = all.get('me')!;
  bench.phone.rows.value = new Map([['me', me]]);
  expect(view.handFen.value).toBe(400_00);
  bench.phone.rows.value = new Map();
  expect(view.handFen.value).toBe(400_00);
  bench.phone.acks.value = { epoch: 'another', lanes: {}, beside: [] };
  bench.phone.rows.value = all;
  expect(view.handFen.value).toBe(400_00);

  const { row, ...rest } = [...me.values()][0]!;
  const counted = { ...rest, row: { ...row, counted_total_fen: 150_00 } };
  bench.phone.rows.value = new Map([['me', new Map([[rest.eid, counted]])]]);
  expect(view.handFen.value).toBe(250_00);
  bench.phone.verdicts.value = said('voided', 9);
  expect(view.handFen.value).toBe(-150_00);
});

test('it counts what is settled as applied before any row, once the server has it', async () => {
  await slip('SJ000099', 100_00);
  const { lane, seq, hash } = bench.phone.log.value.at(-1)!;
  const due = () => makeView(bench.phone).houses.value.get('W01')?.total_fen;
  const before = due();

  // A copy of this phone went on and was settled beyond what this one ever recorded.
  const beyond = { seq: seq + 3, hash: 'f'.repeat(64) };
  bench.phone.facts.value = { archived: {}, settled: { [lane]: beyond } };
  expect(due()).toBe(before);
  const heard = { epoch: 'epoch-1', lanes: [], took: bench.phone.log.value.map((one) => one.hash) };
  bench.phone.acks.value = acksAfter(bench.phone.acks.value, heard, bench.phone.log.value);

  expect(hash).not.toBe(beyond.hash);
  expect(due()).toBe(before! + 100_00);
});

test('it takes the day from the clock', () => {
  bench.clock.at = MONDAY + 15 * 3_600_000;

  expect(makeView(bench.phone).today.value).toBe('2026-03-03');
});

/** What the feed says of a book: its one row as in the route, with these marks. */
function marked(marks: string): void {
  const { rows } = bench.phone;
  const books = new Map(rows.value.get('book'));
  const book = books.get('B1')!;
  books.set('B1', { ...book, row: { ...book.row, marks } });
  rows.value = new Map(rows.value).set('book', books);
}

test('it says how a slip stands in the words of everyone, as its book says', async () => {
  const view = makeView(bench.phone);
  await slip('SJ000099', 400_00);
  const receipt = bench.phone.log.value.at(-1)!;
  marked('c');
  expect(view.slip(receipt)).toBe('phone');

  const { lane, seq, hash } = receipt;
  bench.phone.acks.value = { epoch: 'e', lanes: { [lane]: { seq, hash } }, beside: [] };
  for (const [mark, state] of Object.entries({ s: 'server', e: 'evidence', c: 'counted' })) {
    marked(mark);
    expect(view.slip(receipt)).toBe(state);
  }
  const why = { verdict: 'quarantined', reason: 'parts_mismatch', needs: null };
  bench.phone.verdicts.value = new Map([[hash, { hash, ...why, tick: 1 }]]);
  expect(view.slip(receipt)).toBe('doubted');
});

test('it calls a slip void as soon as it was made void here', async () => {
  const view = makeView(bench.phone);
  const target = await slip('SJ000099', 400_00);
  const receipt = bench.phone.log.value.at(-1)!;
  const body = { target, receipt_no: 'SJ000099', reason: '写错', money_returned: true };

  await record(bench.phone, { facts: [{ kind: 'cash.void', body, subject: 'W01' }], lines: [] });

  expect(view.slip(receipt)).toBe('voided');
});
