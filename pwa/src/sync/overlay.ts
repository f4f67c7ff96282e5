/**
 * What the phone shows: the server's row with the phone's own events laid over it.
 *
 * The rule (sync-design 2.9): an event is laid over a row unless it is known to be applied with a
 * tick at or below the row's as_of. One that is quarantined, parked or voided leaves the arithmetic
 * and is listed beside the row.
 */

import { maySign } from './events';
import type { Body, Signing } from './events';
import { fenOf } from './books';
import { PARTS } from './parts';

/** An event of the phone's own log; verdict, reason and tick once they are known. */
export interface OwnEvent {
  readonly hash: string;
  readonly kind: string;
  readonly body: Body;
  readonly occurred_on: string;
  readonly verdict?: string;
  readonly reason?: string | null;
  readonly tick?: number | null;
}

export interface HouseholdState {
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly intention: boolean;
  readonly visited_on: string | null;
}

export interface UnderReview {
  readonly hash: string;
  readonly kind: string;
  readonly verdict: string;
  readonly reason: string | null;
}

/** A row of the feed: its id, and whatever its kind of row says. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

export type Shown<R> = R & {
  readonly pending: readonly string[];
  readonly under_review: readonly UnderReview[];
};

type Events = readonly OwnEvent[];

const RANK: Readonly<Record<string, number>> = { UNSIGNED: 1, SIGNED: 2, CASH: 3 };
const rankOf = (outcome: string | null): number => RANK[outcome ?? ''] ?? 0;

/** The state of a household in which nothing has happened yet in this sweep. */
export const BLANK_STATE: HouseholdState = {
  outcome: null,
  reason: null,
  intention: false,
  visited_on: null,
};

/** The row as it is shown, with `pending` and `under_review` beside its own fields. */
export function view<R extends Row>(etype: string, row: R, asOf: number, events: Events): Shown<R> {
  const about = events.filter((event) => concerns(etype, row.id, event, events));
  const counting = about.filter((event) => !isUnderReview(event));
  const pending = counting.filter((event) => !isIn(event, asOf));
  const lay = LAY[etype];
  const shown = lay && pending.length > 0 ? lay(row, pending, counting) : {};
  const under_review = about.filter(isUnderReview).map((event) => ({
    hash: event.hash,
    kind: event.kind,
    verdict: event.verdict ?? '',
    reason: event.reason ?? null,
  }));
  return { ...row, ...shown, pending: pending.map(({ hash }) => hash), under_review };
}

/** The state of a household after one more event of this sweep; see sync/overlay.py. */
export function foldState(state: HouseholdState, event: OwnEvent, events: Events = []) {
  const { kind, body, occurred_on: day } = event;
  const outcome = outcomeOf(event, events);
  const after = {
    ...state,
    visited_on: state.visited_on !== null && state.visited_on > day ? state.visited_on : day,
    intention: state.intention || kind === 'intention.recorded',
  };
  if (outcome === null || rankOf(outcome) < rankOf(state.outcome)) return after;
  const typed = kind === 'notice.unsigned' ? String(body.reason) : null;
  return { ...after, outcome, reason: outcome === 'UNSIGNED' ? (typed ?? state.reason) : null };
}

function outcomeOf({ kind, body }: OwnEvent, events: Events): string | null {
  if (kind === 'cash.receipt') return 'CASH';
  if (kind === 'notice.unsigned') return 'UNSIGNED';
  if (kind !== 'notice.served') return null;
  const addressee = find(events, body.made)?.body.addressee_role;
  const signing = { ...body, addressee_role: addressee ?? 'borrower' } as unknown as Signing;
  return maySign(signing) ? 'SIGNED' : 'UNSIGNED';
}

const isUnderReview = ({ verdict }: OwnEvent): boolean =>
  verdict === 'quarantined' || verdict === 'parked' || verdict === 'voided';

/** Applied, and the row is young enough to hold it. */
const isIn = ({ verdict, tick }: OwnEvent, asOf: number): boolean =>
  verdict === 'applied' && typeof tick === 'number' && tick <= asOf;

const find = (events: Events, hash: unknown): OwnEvent | undefined =>
  events.find((event) => event.hash === hash);

/** A void says only which receipt it undoes; it concerns what that receipt concerned. */
function concerns(etype: string, eid: string, event: OwnEvent, events: Events): boolean {
  if (event.kind !== 'cash.void') return Object.hasOwn(LAY, etype) && event.body[etype] === eid;
  const target = find(events, event.body.target);
  return target?.kind === 'cash.receipt' && target.body[etype] === eid;
}

function layOnLoan(row: Row, pending: Events, counting: Events): Readonly<Record<string, number>> {
  const balances: Record<string, number> = {};
  const add = (body: Body, sign: number): void => {
    for (const part of PARTS) {
      const name = `${part}_fen`;
      const balance = balances[name] ?? row[name];
      // A balance that the import did not give stays unknown: the phone never computes the debt.
      if (typeof balance === 'number') balances[name] = balance + sign * fenOf(body, part);
    }
  };
  for (const event of pending) {
    if (event.kind === 'cash.receipt') add(event.body, -1);
    const target = event.kind === 'cash.void' ? find(counting, event.body.target) : undefined;
    if (target && isFirstVoid(event, counting)) add(target.body, 1);
  }
  return balances;
}

function isFirstVoid(event: OwnEvent, counting: Events): boolean {
  const { target } = event.body;
  return counting.find((e) => e.kind === 'cash.void' && e.body.target === target) === event;
}

function layOnHousehold(row: Row, pending: Events, counting: Events) {
  const voids = counting.filter(({ kind }) => kind === 'cash.void');
  const voided = new Set(voids.map(({ body }) => body.target));
  const valid = counting.filter(({ kind, hash }) => kind !== 'cash.void' && !voided.has(hash));
  const isVoiding = pending.some(({ kind }) => kind === 'cash.void');
  const known: HouseholdState = { ...BLANK_STATE, ...(row.state as Partial<HouseholdState>) };
  const start = isVoiding ? withoutOutcome(known, valid) : known;
  const toFold = isVoiding ? valid : valid.filter((event) => pending.includes(event));
  return { state: toFold.reduce((state, event) => foldState(state, event, counting), start) };
}

/** A void may take away the only cash: the outcome is read again from what still stands. */
function withoutOutcome(state: HouseholdState, valid: Events): HouseholdState {
  const hasCash = valid.some(({ kind }) => kind === 'cash.receipt');
  return state.outcome === 'CASH' && !hasCash ? { ...state, outcome: null, reason: null } : state;
}

type Lay = (row: Row, pending: Events, counting: Events) => Readonly<Record<string, unknown>>;
const LAY: Readonly<Record<string, Lay>> = { loan: layOnLoan, household: layOnHousehold };
