/** The bodies that the screens record. Method: each is judged by the rules the server judges by. */

import { beforeEach, expect, test } from 'vitest';
import { emptyStorage } from '../store/testing';
import { sha256, utf8 } from '../device/bytes';
import { checkBody } from '../sync/events';
import { printedNumber } from '../sync/receipts';
import { papers } from '../text/papers';
import { setWords } from '../text/words';
import { zh } from '../text/zh';
import { enrolledPhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { giveRoute } from '../testing/route';
import * as actions from './actions';
import { blankCash, fenOf, splitOf } from './cash-draft';
import { holdPhone } from './start';
import { shown, showPhone } from './shown';
import { draftWith, findVisit, openVisits, visitDraft } from './visits';
import type { Started } from './visits';

let bench: Bench;
let started: Started;

beforeEach(async () => {
  emptyStorage();
  setWords({ ...zh, papers });
  bench = await enrolledPhone();
  await giveRoute(bench);
  holdPhone(bench.phone);
  showPhone();
  const place = { lat_udeg: 24_720_000, lon_udeg: 112_290_000, accuracy_m: 12, age_s: 3 };
  const begin = { household: 'W01', stop: 'SW01', second_person: 'officer-2', place };
  await actions.beginVisit(bench.phone, { ...begin, place_reason: null }, []);
  started = openVisits(bench.phone.log.value)[0]!;
});

const last = () => bench.phone.log.value.at(-1)!;
const loan = (id = 'L1', household = 'W01') =>
  shown.houses.value.get(household)!.loans.find((one) => one.id === id)!;

/** Every event so far keeps the rules of its kind. */
function faults() {
  return bench.phone.log.value.flatMap(({ event }) => checkBody(event.kind, event.sv, event.body));
}

async function notice(id = 'L1', household = 'W01', role: 'borrower' | 'guarantor' = 'borrower') {
  const who = { ...started, household };
  const words = { role, officers: '李薇、张敏', lines: [] };
  await actions.makeNotice(bench.phone, who, loan(id, household), words);
  return last();
}

const INK = { w: 320, h: 150, strokes: [[1, 2, 0, 3, 4, 16]] };

const SLIP = {
  signer_role: 'debtor',
  signer_name: ' 户W01 ',
  relation: '',
  lives_here: true,
  adult: true,
  agrees_to_perform: false,
  signature: INK,
  photo: null,
};

test('it starts and ends a visit', async () => {
  const draft = { ...visitDraft(bench.phone, started.visit), met: 'nobody' };
  const away = { ...draft, outcome: 'away_for_work', away_place: '广州' };

  await actions.endVisit(bench.phone, started, away, []);

  expect(faults()).toEqual([]);
  expect(last().event.body).toMatchObject({ away_place: '广州', note: null });
  expect(openVisits(bench.phone.log.value)).toEqual([]);
});

test('it makes a notice whose hash is the hash of its text, numbered by the lane', async () => {
  const first = await notice();
  const second = await notice('L1', 'W01', 'guarantor');

  const { text, text_hash, notice_no } = first.event.body as Record<string, string>;
  expect(text_hash).toBe(await sha256(utf8(text ?? '')));
  expect([notice_no, second.event.body.notice_no]).toEqual(['TZ-D1-0001', 'TZ-D1-0002']);
  expect(second.event.body).toMatchObject({ addressee: '王强', template: 'notice-guarantor' });
  expect(text).toContain('本金余额：¥1000（大写：壹仟元整）');
  expect(text).not.toContain('{');
  expect(faults()).toEqual([]);
});

test('it numbers papers apart in a later lane: it forgot what it gave', async () => {
  await notice();
  bench.phone.forked = bench.phone.identity.value!.lane;

  await beginAgain();
  const { event } = await notice();

  const { lane } = event;
  expect(event.body.notice_no).toBe(`TZ-D1${lane.slice(0, 4).toUpperCase()}-0001`);
});

/** A record that opens the new lane. */
const beginAgain = () =>
  actions.beginVisit(
    bench.phone,
    { household: 'W01', stop: null, second_person: null, place: null, place_reason: 'indoors' },
    [],
  );

test('it asks for nothing in the paper of a debt past its limitation period', async () => {
  const made = await notice('L2', 'W02');

  const { template, text } = made.event.body as Record<string, string>;
  expect(template).toBe('notice-expired');
  expect(text).not.toMatch(/诉讼等途径|请您自收到|清偿|十五日/);
  expect(text).toContain('第二行：本人自愿同意履行上述债务');
});

test('it has a notice signed, and names the photo after the slip', async () => {
  const made = await notice();
  const photo = { sha256: 'd'.repeat(64), bytes: utf8('jpeg'), media_type: 'image/jpeg' };

  await actions.serveNotice(bench.phone, started, made, { ...SLIP, photo }, []);

  const [served, attached] = bench.phone.log.value.slice(-2);
  expect(faults()).toEqual([]);
  expect(served?.event.body).toMatchObject({ made: made.hash, signer_name: '户W01' });
  expect(attached?.event.body).toMatchObject({ about: served?.hash, size: 4 });
});

test('it records why a notice was not signed', async () => {
  const why = { loan: 'L1', reason: 'AWAY_MIGRANT_WORK', away_place: '广州', note: ' ' };

  await actions.recordUnsigned(bench.phone, started, { ...why, notice: undefined }, []);

  expect(faults()).toEqual([]);
  expect(last().event.body).toMatchObject({ away_place: '广州', note: null, notice_no: null });
});

test('it takes cash: interest first, the next number, capitals, the balance', async () => {
  const draft = { ...blankCash(loan(), visitDraft(bench.phone, started.visit)), amount: '700' };
  const fen = fenOf(draft.amount)!;
  const { next } = shown.slips.value;
  const cash = { draft, fen, split: splitOf(loan(), fen), next: next!, lines: [] };

  await actions.takeCash(bench.phone, started, loan(), cash);

  expect(faults()).toEqual([]);
  expect(last().event.body).toMatchObject({
    receipt_no: 'SJ000099',
    book: 'B1',
    interest_fen: 300_00,
    principal_fen: 400_00,
    words: '柒佰元整',
    payer_name: '户W01',
    shown_balance: { principal_fen: 1_000_00, interest_fen: 300_00, as_of: '2026-03-01' },
  });
  expect(printedNumber('SJ000099', last().hash)).toMatch(/^SJ000099-[0-9A-HJKMNP-TV-Z]{4}$/);
});

test('it makes a slip void', async () => {
  const draft = { ...blankCash(loan(), visitDraft(bench.phone, started.visit)), amount: '1' };
  const { next } = shown.slips.value;
  const cash = { draft, fen: 1_00, split: splitOf(loan(), 1_00), next: next!, lines: [] };
  await actions.takeCash(bench.phone, started, loan(), cash);
  const target = last();

  const why = { reason: ' 金额写错 ', money_returned: true };
  await actions.voidReceipt(bench.phone, target, why, []);

  expect(faults()).toEqual([]);
  expect(last().event.body).toMatchObject({ target: target.hash, reason: '金额写错' });
  expect(last().event.subject).toBe('W01');
});

test('it lets a new promise take the place of the one before', async () => {
  const promise = { fen: 600_00, due_on: '2026-04-01', cause: '' };
  await actions.recordIntention(bench.phone, started, loan(), '', []);
  await actions.recordPromise(bench.phone, started, loan(), promise, []);
  const first = last();
  await actions.recordPromise(bench.phone, started, loan(), promise, []);
  const second = last();
  await actions.recordPromise(bench.phone, started, loan(), promise, []);

  expect(faults()).toEqual([]);
  expect(second.event.body.supersedes).toEqual([first.hash]);
  expect(last().event.body.supersedes).toEqual([second.hash]);
});

const NO_AMOUNTS = ['0', '-1', '1.005', '1e3', '', '5000001', '1,000'];

test.each(NO_AMOUNTS)('it takes %j for no amount', (typed) => {
  expect(fenOf(typed)).toBeNull();
});

test('it keeps what was typed through a start of the app', async () => {
  const [, change] = draftWith(bench.phone, 'cash x L1', { amount: '' });

  change({ amount: '70' });
  change({ amount: '700' });
  await new Promise((resolve) => setTimeout(resolve, 20));

  const { load } = await import('./phone');
  await load(bench.phone);
  expect(draftWith(bench.phone, 'cash x L1', { amount: '' })[0]).toEqual({ amount: '700' });
});

test('it finds a visit only while its household is in the work', () => {
  expect(findVisit(bench.phone, started.visit, 'L1')?.loan?.id).toBe('L1');

  bench.phone.rows.value = new Map();

  expect(findVisit(bench.phone, started.visit, 'L1')).toBeNull();
});
