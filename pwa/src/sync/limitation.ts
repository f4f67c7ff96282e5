/**
 * Limitation (诉讼时效) of one debt: date arithmetic over reviewed events, never typed (R10).
 * The sources and the reasons stand in sync/limitation.py.
 */

import { addDays, addYears, daysBetween, requireDate } from './dates';
import { maySign } from './events';

const THREE_YEARS_SINCE = '2017-10-01';
const YEARS_BEFORE = 2;
export const YEARS = 3;
const LONGSTOP_YEARS = 20;

/** Colours of a running period, in days left. Settings of the house, not of the law. */
const AMBER_DAYS = 180;
const RED_DAYS = 60;

/** A run of rest days is at most a holiday of eight days with its weekends. */
const REST_RUN_MAX = 31;

const KINDS: readonly string[] = [
  'SIGNED_NOTICE',
  'REFUSED_WITH_WITNESS',
  'LETTER',
  'DATA_MESSAGE',
  'DEDUCTION',
  'ANNOUNCEMENT',
  'PARTIAL_PAYMENT',
  'AGREED_TO_PERFORM',
  'PROCEDURE',
  'WAIVER',
];

/** One fact that may restart the period. Fields left out have the values of sync/limitation.py. */
export interface Interruption {
  readonly on: string;
  readonly kind: string;
  readonly review?: string;
  readonly signer_role?: string;
  readonly lives_here?: boolean;
  readonly adult?: boolean;
  readonly relation?: string | null;
  readonly ended_on?: string | null;
  readonly ref?: string;
}

type Fact = Required<Interruption>;

export interface Refused {
  readonly event: Interruption;
  readonly reason: string;
}

export type LimitationStatus =
  | 'RUNNING'
  | 'IN_PROCEDURE'
  | 'EXPIRED'
  | 'WAIVED'
  | 'LONGSTOP_PASSED'
  | 'UNKNOWN';

/** Where the period stands on a day, and what made it so; `ends_on` is not rolled. */
export interface Limitation {
  readonly status: LimitationStatus;
  readonly ends_on: string | null;
  readonly rolled_on: string | null;
  readonly longstop_on: string | null;
  readonly used: readonly Interruption[];
  readonly refused: readonly Refused[];
  readonly days_left: number | null;
  readonly colour: string | null;
  readonly legal_review: readonly string[];
}

export interface Debt {
  readonly due_on: string | null;
  readonly loan_on: string | null;
  readonly events: readonly Interruption[];
  readonly today: string;
  readonly isRestDay: (date: string) => boolean;
}

/** The limitation of a debt on a day. The order in which events come does not matter. */
export function limitation(debt: Debt): Limitation {
  const ordered = debt.events.map(whole).sort(byOrder);
  if (debt.due_on === null) return unknown(ordered);
  let clock = restart(requireDate(debt.due_on), debt.isRestDay);
  const longstop = addYears(debt.due_on, LONGSTOP_YEARS);
  const [used, refused, review]: [Fact[], Refused[], Set<string>] = [[], [], new Set(clock.review)];
  for (const event of ordered) {
    const reason = entryFault(event, debt) ?? refusal(event, clock, longstop);
    if (reason === null) {
      used.push(event);
      clock = moved(clock, event, debt);
      clock.review.forEach((code) => review.add(code));
    } else {
      refused.push({ event, reason });
      if (reason === 'after_end') review.add('event_after_end');
    }
  }
  const status = statusOf(clock, longstop, debt.today);
  if (status === 'LONGSTOP_PASSED') review.add('longstop_passed');
  const legal_review = [...review].sort();
  return { ...dates(clock, status, debt.today, longstop), used, refused, legal_review };
}

/** The due date that starts the period of one debt paid in instalments (art. 189). */
export function lastInstalment(dueDates: readonly string[]): string | null {
  return [...dueDates].sort().at(-1) ?? null;
}

/** The last day of a period from its start: two years if they end before 2017-10-01, else three. */
export function periodEnd(start: string): string {
  const twoYears = addYears(start, YEARS_BEFORE);
  return twoYears < THREE_YEARS_SINCE ? twoYears : addYears(start, YEARS);
}

/** green above 180 days, red at or below 60, amber between. */
export function colourOf(daysLeft: number): string {
  if (daysLeft <= RED_DAYS) return 'red';
  return daysLeft <= AMBER_DAYS ? 'amber' : 'green';
}

interface Clock {
  readonly state: LimitationStatus;
  readonly start: string;
  readonly end: string;
  readonly rolled: string;
  readonly review: readonly string[];
}

function restart(start: string, isRestDay: (date: string) => boolean): Clock {
  const end = periodEnd(start);
  const isEdge = addYears(start, YEARS_BEFORE) === THREE_YEARS_SINCE;
  const review = isEdge ? ['ended_on_change_of_law'] : [];
  return { state: 'RUNNING', start, end, rolled: rolled(end, isRestDay), review };
}

function rolled(end: string, isRestDay: (date: string) => boolean): string {
  for (let days = 0; days < REST_RUN_MAX; days += 1) {
    const day = addDays(end, days);
    if (!isRestDay(day)) return day;
  }
  throw new Error('a run of rest days has an end');
}

function moved(clock: Clock, event: Fact, { today, isRestDay }: Debt): Clock {
  if (event.kind === 'WAIVER') return { ...clock, state: 'WAIVED' };
  if (event.kind !== 'PROCEDURE') return restart(requireDate(event.on), isRestDay);
  if (event.ended_on === null || event.ended_on > today) return { ...clock, state: 'IN_PROCEDURE' };
  return restart(requireDate(event.ended_on), isRestDay);
}

/** Why an event with good evidence does not move the clock, or null if it does. */
function refusal(event: Fact, clock: Clock, longstop: string): string | null {
  if (event.on > longstop) return 'after_longstop';
  if (clock.state !== 'RUNNING') {
    return clock.state === 'IN_PROCEDURE' ? 'in_procedure' : 'after_waiver';
  }
  if (event.kind === 'WAIVER') return event.on > clock.rolled ? null : 'waiver_in_advance';
  if (event.on > clock.rolled) return 'after_end';
  const until = event.kind === 'PROCEDURE' ? (event.ended_on ?? longstop) : event.on;
  return until < clock.start ? 'before_period' : null;
}

function entryFault(event: Fact, { loan_on, today }: Debt): string | null {
  if (event.on > today) return 'after_today';
  if (loan_on !== null && event.on < loan_on) return 'before_loan';
  if (!KINDS.includes(event.kind)) return 'kind_not_accepted';
  if (event.ended_on !== null && event.ended_on < event.on) return 'ends_before_it_begins';
  if (event.kind === 'SIGNED_NOTICE' && !maySign(event)) return 'signer_may_not_sign';
  return event.review === 'ACCEPTED' ? null : 'not_accepted';
}

function statusOf(clock: Clock, longstop: string, today: string): LimitationStatus {
  if (today > longstop) return 'LONGSTOP_PASSED';
  return clock.state === 'RUNNING' && today > clock.rolled ? 'EXPIRED' : clock.state;
}

function dates(clock: Clock, status: LimitationStatus, today: string, longstop_on: string) {
  const isOpen = clock.state === 'IN_PROCEDURE';
  const days_left = status === 'RUNNING' ? Math.max(0, daysBetween(today, clock.end)) : null;
  return {
    status,
    ends_on: isOpen ? null : clock.end,
    rolled_on: isOpen ? null : clock.rolled,
    longstop_on,
    days_left,
    colour: days_left === null ? null : colourOf(days_left),
  };
}

function unknown(events: readonly Fact[]): Limitation {
  return {
    status: 'UNKNOWN',
    ends_on: null,
    rolled_on: null,
    longstop_on: null,
    used: [],
    refused: events.map((event) => ({ event, reason: 'due_date_unknown' })),
    days_left: null,
    colour: null,
    legal_review: ['due_date_unknown'],
  };
}

function whole(event: Interruption): Fact {
  return {
    on: event.on,
    kind: event.kind,
    review: event.review ?? 'PENDING',
    signer_role: event.signer_role ?? 'debtor',
    lives_here: event.lives_here ?? false,
    adult: event.adult ?? true,
    relation: event.relation ?? null,
    ended_on: event.ended_on ?? null,
    ref: event.ref ?? '',
  };
}

/** Date order; on one day by everything else, so that the order of arrival cannot matter. */
function byOrder(a: Fact, b: Fact): number {
  const words = (event: Fact): string[] => Object.values(event).map((value) => String(value ?? ''));
  const [left, right] = [words(a), words(b)];
  const at = left.findIndex((word, index) => word !== right[index]);
  if (at < 0) return 0;
  return (left[at] ?? '') < (right[at] ?? '') ? -1 : 1;
}
