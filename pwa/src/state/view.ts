/** What the screens show: the server's rows with this phone's own events laid over them. */

import { computed, signal } from '@preact/signals-core';
import type { ReadonlySignal } from '@preact/signals-core';
import { dayOf } from '../device/clock';
import { handFen, handOfAll, heldSince } from '../sync/custody';
import { daysBetween } from '../sync/dates';
import { dueOn } from '../sync/deposits';
import { view } from '../sync/overlay';
import type { OwnEvent, Row } from '../sync/overlay';
import { slipState } from '../sync/receipt-states';
import type { ReceiptState } from '../sync/receipt-states';
import { indexOf, nextOf, remaining } from '../sync/receipts';
import type { StoredEvent, StoredRow } from '../store/db';
import { currentLane } from '../store/lanes';
import type { Phone } from './phone';
import { photosDue } from './phone';
import { DEFAULTS } from './rows';
import type {
  BookRow,
  HandoverRow,
  HouseholdRow,
  Laid,
  LoanRow,
  MeRow,
  Settings,
  StopRow,
  VillageRow,
} from './rows';

/** Fewer slips than this, and the officer is told to fetch a new book: about a day of work. */
export const SLIPS_LOW = 10;

export type Loan = LoanRow & Laid;

export interface House {
  readonly row: HouseholdRow & Laid;
  readonly loans: readonly Loan[];
  readonly stop: StopRow | null;
  readonly handover: HandoverRow | null;
  /** All that is known to be due, in fen. */
  readonly total_fen: number;
}

/** The households of one village on one day. */
export interface VillageView {
  readonly day: string;
  readonly id: string;
  readonly name: string;
  readonly area: string;
  readonly houses: readonly House[];
  readonly met: number;
}

/** Where a record is: on this phone, at the server, or waiting for the office. */
export type Where = 'local' | 'uploaded' | 'parked' | 'quarantined' | 'voided';

export interface View {
  readonly today: ReadonlySignal<string>;
  readonly me: ReadonlySignal<MeRow | null>;
  readonly settings: ReadonlySignal<Settings>;
  readonly days: ReadonlySignal<readonly string[]>;
  readonly houses: ReadonlySignal<ReadonlyMap<string, House>>;
  /** In the order of the route. */
  readonly villages: ReadonlySignal<readonly VillageView[]>;
  readonly handFen: ReadonlySignal<number>;
  /** Since when the oldest cash in the hand is there, and its last day; null without cash. */
  readonly due: ReadonlySignal<{ readonly since: string; readonly by: string } | null>;
  readonly slips: ReadonlySignal<{ left: number; next: { book: string; no: string } | null }>;
  readonly unsent: ReadonlySignal<{ count: number; fen: number }>;
  where(event: StoredEvent): Where;
  /** How a receipt of this phone stands. */
  slip(event: StoredEvent): ReceiptState;
  /** Look at the clock again: another day may have begun. */
  look(): void;
}

export function makeView(phone: Phone): View {
  const today = signal(dayOf(phone.clock.now()));
  const own = computed(() => ownEvents(phone));
  const houses = computed(() => housesOf(phone, own.value));
  const me = computed(() => rowsOf<MeRow>(phone, 'me')[0]?.row ?? null);
  const voids = computed(() => voidedBy(own.value));
  const handFen = computed(() => handNow(phone, own.value));
  return {
    today,
    me,
    settings: computed(() => ({ ...DEFAULTS, ...me.value?.settings })),
    days: computed(() => daysOf(phone)),
    houses,
    handFen,
    due: computed(() => dueNow(me.value, own.value, handFen.value)),
    slips: computed(() => slipsOf(phone, own.value)),
    unsent: computed(() => unsentSum(phone)),
    villages: computed(() => villagesOf(phone, [...houses.value.values()])),
    where: (event) => whereOf(phone, event),
    slip: (event) => slipNow(phone, voids.value, event),
    look: () => void (today.value = dayOf(phone.clock.now())),
  };
}

/** By this phone's log alone, unless she has several phones: then with what the server counted. */
function handNow(phone: Phone, own: readonly OwnEvent[]): number {
  const [me] = rowsOf<MeRow>(phone, 'me');
  const total = me?.row.hand_total_fen;
  const proofs = new Set(phone.proofs.value.map(({ handed }) => handed));
  if (me && total != null) return handOfAll(total, me.tick, own, proofs);
  return handFen(own, me?.row.counted_total_fen ?? 0, proofs);
}

/** Known without a signal: the rules and the leave given are in her own row. */
function dueNow(me: MeRow | null, own: readonly OwnEvent[], fen: number) {
  const since = heldSince(own, fen);
  const rules = me?.settings?.deposit_rules ?? [];
  return since === null ? null : { since, by: dueOn(since, rules, me?.deposit_until ?? null) };
}

interface Typed<T> {
  readonly row: T;
  readonly tick: number;
}

function rowsOf<T>(phone: Phone, etype: string): Typed<T>[] {
  const rows: StoredRow[] = [...(phone.rows.value.get(etype)?.values() ?? [])];
  return rows.map(({ row, tick }) => ({ row: row as unknown as T, tick }));
}

/** Own events with what the feed has said of them; what is settled was applied before any row. */
export function ownEvents(phone: Phone): readonly OwnEvent[] {
  const verdicts = phone.verdicts.value;
  const { settled } = phone.facts.value;
  // At the place of an event that the server has it holds no other: a shorter copy of a phone, too,
  // knows by that what was settled of it.
  const unsent = new Set(phone.unsent.value);
  return phone.log.value.map((stored) => {
    const { hash, lane, seq, event } = stored;
    const told = verdicts.get(hash);
    const reaches = seq <= (settled[lane]?.seq ?? 0) && !unsent.has(stored);
    const isSettled = told?.tick == null && reaches;
    const said = isSettled ? { verdict: 'applied', tick: 0, reason: null } : told;
    return {
      hash,
      kind: event.kind,
      body: event.body,
      occurred_on: dayOf(event.occurred_at),
      ...(said ? { verdict: said.verdict, tick: said.tick, reason: said.reason } : {}),
    };
  });
}

/** Own events by the household they are about; a void is about what its receipt was about. */
function byHousehold(own: readonly OwnEvent[]): Map<string, OwnEvent[]> {
  const groups = new Map<string, OwnEvent[]>();
  const home = new Map<string, string>();
  for (const event of own) {
    const body = event.body as { household?: string; target?: string };
    const household = body.household ?? home.get(body.target ?? '');
    if (household === undefined) continue;
    home.set(event.hash, household);
    groups.set(household, [...(groups.get(household) ?? []), event]);
  }
  return groups;
}

const NOTHING_LAID: Laid = { pending: [], under_review: [] };

function laid<T extends object>(
  etype: string,
  { row, tick }: Typed<T>,
  events: readonly OwnEvent[] | undefined,
): T & Laid {
  if (!events) return { ...row, ...NOTHING_LAID };
  return view(etype, row as unknown as Row, tick, events) as unknown as T & Laid;
}

function housesOf(phone: Phone, own: readonly OwnEvent[]): ReadonlyMap<string, House> {
  const groups = byHousehold(own);
  const loans = new Map<string, Loan[]>();
  for (const typed of rowsOf<LoanRow>(phone, 'loan')) {
    const home = typed.row.household_id;
    const loan = laid('loan', typed, groups.get(home));
    loans.set(home, [...(loans.get(home) ?? []), loan]);
  }
  const stops = new Map(rowsOf<StopRow>(phone, 'stop').map(({ row }) => [row.household_id, row]));
  const notes = new Map(
    rowsOf<HandoverRow>(phone, 'handover').map(({ row }) => [row.household_id, row]),
  );
  const houses = rowsOf<HouseholdRow>(phone, 'household').map((typed): House => {
    const row = laid('household', typed, groups.get(typed.row.id));
    const its = (loans.get(row.id) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
    const total_fen = its.reduce((sum, loan) => sum + dueFen(loan), 0);
    const [stop, handover] = [stops.get(row.id) ?? null, notes.get(row.id) ?? null];
    return { row, loans: its, stop, handover, total_fen };
  });
  return new Map(houses.map((house) => [house.row.id, house]));
}

const PARTS = ['principal_fen', 'interest_fen', 'penalty_fen', 'cost_fen'] as const;

/** What is known to be due on a loan, in fen; parts that the import does not give are not. */
export const dueFen = (loan: LoanRow): number =>
  PARTS.reduce((sum, part) => sum + (loan[part] ?? 0), 0);

function daysOf(phone: Phone): readonly string[] {
  return [...new Set(rowsOf<StopRow>(phone, 'stop').map(({ row }) => row.day))].sort();
}

/** A household without a village is shown under its own heading, not dropped (U3). */
const NO_VILLAGE = { id: '-', name: '', area_name: '' };

function villagesOf(phone: Phone, houses: readonly House[]): readonly VillageView[] {
  const known = new Map(rowsOf<VillageRow>(phone, 'village').map(({ row }) => [row.id, row]));
  const groups = new Map<string, House[]>();
  for (const house of houses) {
    const id = house.row.village_id ?? NO_VILLAGE.id;
    const group = `${house.stop?.day} ${id}`;
    const its = groups.get(group) ?? [];
    if (house.stop) groups.set(group, its);
    its.push(house);
  }
  const villages = [...groups.values()].map((its) => {
    const { row, stop } = its[0]!;
    const village = known.get(row.village_id ?? '') ?? NO_VILLAGE;
    const first = Math.min(...its.map((house) => house.stop?.position ?? 0));
    const { id, name, area_name: area } = village;
    const met = its.filter(isMet).length;
    return { first, day: stop?.day ?? '', id, name, area, houses: its, met };
  });
  return villages.sort((a, b) => a.first - b.first);
}

/** Something has come of it in this sweep: cash, ink, or a reason why not. */
export const isMet = (house: House): boolean => Boolean(house.row.state?.outcome);

/** To meet first; within that as planned, or easy first: willing, then the smallest sums. */
export function inOrder(houses: readonly House[], easyFirst: boolean): House[] {
  const willing = (house: House) => (house.row.state?.intention ? 0 : 1);
  const ease = (a: House, b: House) => willing(a) - willing(b) || a.total_fen - b.total_fen;
  const plan = (a: House, b: House) => (a.stop?.position ?? 0) - (b.stop?.position ?? 0);
  const within = easyFirst ? ease : plan;
  return [...houses].sort((a, b) => Number(isMet(a)) - Number(isMet(b)) || within(a, b));
}

export interface LimitationNow {
  readonly status: string;
  /** Days to its end; below zero when it is over, null when the end is not known. */
  readonly left: number | null;
}

/** As the server says, except that time goes on while there is no signal. */
export function limitationOf(loan: LoanRow, today: string): LimitationNow {
  const { status = 'UNKNOWN', ends_on = null } = loan.limitation ?? {};
  if (!ends_on) return { status, left: null };
  const left = daysBetween(today, ends_on);
  return { status: status === 'RUNNING' && left < 0 ? 'EXPIRED' : status, left };
}

/** Days past due on a day, from the due date; the import's own count where there is none. */
export function pastDue(loan: LoanRow, today: string): number | null {
  if (loan.due_on) return Math.max(0, daysBetween(loan.due_on, today));
  return loan.days_past_due ?? null;
}

/** A promise lies ahead, and not more than a year (U11). */
export const promiseRange = (today: string) => ({
  from: today,
  to: `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`,
});

function slipsOf(phone: Phone, own: readonly OwnEvent[]) {
  const lane = currentLane(phone.log.value, phone.identity.value?.lane ?? '');
  const rows = rowsOf<BookRow>(phone, 'book')
    .map(({ row }) => row)
    .filter((row) => row.lane === lane && row.state === 'issued')
    .sort((a, b) => a.from_no - b.from_no);
  const used = own.flatMap(({ kind, body }) =>
    kind === 'cash.receipt' ? [String((body as { receipt_no: string }).receipt_no)] : [],
  );
  const left = rows.reduce((sum, book) => sum + remaining(book, used), 0);
  const found = nextOf(rows, used);
  return { left, next: found && { book: found.book.id, no: found.receiptNo } };
}

function unsentSum(phone: Phone) {
  const unsent = phone.unsent.value;
  const slips = unsent.filter(({ event }) => event.kind === 'cash.receipt');
  const fen = slips.reduce((sum, { event }) => sum + amountOf(event.body), 0);
  return { count: unsent.length + photosDue(phone).length, fen };
}

export const amountOf = (body: object): number =>
  (body as { amount_fen?: number }).amount_fen ?? 0;

function whereOf(phone: Phone, event: StoredEvent): Where {
  if (phone.unsent.value.includes(event)) return 'local';
  const verdict = phone.verdicts.value.get(event.hash)?.verdict;
  const isBeside = verdict === 'quarantined' || verdict === 'parked' || verdict === 'voided';
  return isBeside ? verdict : 'uploaded';
}

/** The slips that an own record makes void, unless the office has kept or undone that record. */
function voidedBy(own: readonly OwnEvent[]): ReadonlySet<unknown> {
  const isDoubted = ({ verdict }: OwnEvent) => verdict === 'quarantined' || verdict === 'voided';
  const voids = own.filter((event) => event.kind === 'cash.void' && !isDoubted(event));
  return new Set(voids.map(({ body }) => (body as { target: string }).target));
}

/** What was made void here is void, sent or not; the rest by the verdict and the book's marks. */
function slipNow(phone: Phone, voids: ReadonlySet<unknown>, event: StoredEvent): ReceiptState {
  if (voids.has(event.hash)) return 'voided';
  const where = whereOf(phone, event);
  if (where === 'local') return slipState(null, null);
  const { receipt_no } = event.event.body as { receipt_no: string };
  const marks = rowsOf<BookRow>(phone, 'book').flatMap(({ row }) => {
    const n = indexOf(row, receipt_no);
    return n === null ? [] : [row.marks?.[n - row.from_no]];
  });
  return slipState(where, marks[0]);
}
