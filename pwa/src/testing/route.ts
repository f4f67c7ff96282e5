/** A small route for the tests: two households in one village, and one without. */

import type { StoredRow } from '../store/db';
import { write } from '../store/db';
import { load } from '../state/phone';
import { LANE } from './fakes';
import type { Bench } from './fakes';

const row = (etype: string, eid: string, fields: object): StoredRow => ({
  etype,
  eid,
  tick: 1,
  row: { id: eid, ...fields },
  sum: '',
});

const settings = {
  allocation: ['cost', 'penalty', 'interest', 'principal'],
  receipt_max_fen: 5_000_000,
  hand_max_fen: 10_000_000,
  visit_from: '08:00',
  visit_to: '20:00',
  institution: '演示农村信用社',
  contact_phone: '0000-0000000',
};

const blank = { outcome: null, reason: null, intention: false, visited_on: null };

const household = (eid: string, village_id: string | null) =>
  row('household', eid, { name: `户${eid}`, village_id, village: '马头冲', state: blank });

const stop = (eid: string, position: number) =>
  row('stop', `S${eid}`, { household_id: eid, village_id: 'V1', day: '2026-03-02', position });

function loan(eid: string, household_id: string, due_on: string, ends_on: string): StoredRow {
  const sums = { principal_fen: 1_000_00, interest_fen: 300_00, penalty_fen: null, cost_fen: null };
  const limitation = { status: 'RUNNING', ends_on };
  const words = { contract_no: `HT-${eid}`, borrower_name: `户${household_id}` };
  const rest = { as_of: '2026-03-01', loan_on: null, guarantor_name: '王强' };
  return row('loan', eid, { household_id, due_on, limitation, ...sums, ...words, ...rest });
}

const book = (eid: string, from_no: number, to_no: number, state: string) =>
  row('book', eid, { prefix: 'SJ', from_no, to_no, width: 6, lane: LANE, state });

export const ROUTE: readonly StoredRow[] = [
  row('me', 'officer-1', {
    name: '李薇',
    branch_name: '涡水分社',
    colleagues: [{ id: 'officer-2', name: '张敏' }],
    counted_total_fen: 0,
    settings,
  }),
  row('village', 'V1', { area_name: '涡水镇', name: '马头冲', position: 1 }),
  household('W01', 'V1'),
  household('W02', 'V1'),
  household('W03', null),
  stop('W01', 2),
  stop('W02', 1),
  stop('W03', 3),
  loan('L1', 'W01', '2023-11-30', '2026-11-30'),
  loan('L2', 'W02', '2022-02-01', '2026-03-01'),
  book('B2', 201, 202, 'issued'),
  book('B1', 99, 100, 'issued'),
  book('B0', 1, 9, 'suspended'),
];

/** Put the route on the phone, as a complete exchange would. */
export async function giveRoute({ phone }: Bench): Promise<void> {
  await write(phone.db, ['rows'], (stores) =>
    Promise.all(ROUTE.map((one) => stores('rows').put(one))),
  );
  await load(phone);
}
