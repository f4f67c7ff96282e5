/** Visits: which are open, what was done in them, and the input that is not recorded yet. */

import { keepDraft } from '../store/drafts';
import type { StoredEvent } from '../store/db';
import type { Phone } from './phone';
import { shown } from './shown';
import type { House, Loan } from './view';

type Log = readonly StoredEvent[];

/** The start of a visit as it was recorded. */
export interface Started {
  readonly visit: string;
  readonly household: string;
  readonly second_person: string | null;
  readonly started_at: number;
}

/** What the officer has chosen for the end of the visit; recorded by "end the visit". */
export interface VisitDraft {
  readonly met: string | null;
  readonly met_name: string;
  readonly met_relation: string;
  readonly outcome: string | null;
  readonly away_place: string;
  readonly note: string;
  /** The loan that the papers and the cash are about. */
  readonly loan: string | null;
}

const BLANK_VISIT: VisitDraft = {
  met: null,
  met_name: '',
  met_relation: '',
  outcome: null,
  away_place: '',
  note: '',
  loan: null,
};

export const visitDraftName = (visit: string): string => `visit ${visit}`;

export const visitDraft = (phone: Phone, visit: string): VisitDraft =>
  draftWith(phone, visitDraftName(visit), BLANK_VISIT)[0];

const isStart = ({ event }: StoredEvent): boolean => event.kind === 'visit.started';

/** Visits that were started and not ended, the latest first. */
export function openVisits(log: Log): Started[] {
  const ends = log.filter(({ event }) => event.kind === 'visit.outcome');
  const ended = new Set(ends.map(({ event }) => event.visit));
  const open = log.filter((one) => isStart(one) && !ended.has(one.event.visit));
  return open.map(startedOf).reverse();
}

function startedOf({ event }: StoredEvent): Started {
  const { household, second_person } = event.body as unknown as Started;
  return { visit: event.visit ?? '', household, second_person, started_at: event.occurred_at };
}

export interface InVisit {
  readonly started: Started;
  readonly house: House;
  readonly loan: Loan | undefined;
}

/** A visit with its household, and the loan if one is named; null when it left our work. */
export function findVisit(phone: Phone, visit: string, loan?: string): InVisit | null {
  const found = phone.log.value.find((one) => isStart(one) && one.event.visit === visit);
  const started = found && startedOf(found);
  const house = started && shown.houses.value.get(started.household);
  if (!house) return null;
  return { started, house, loan: house.loans.find(({ id }) => id === loan) };
}

/** The latest notice made in a visit for a loan, and for one who is named or anybody. */
export function noticeMade(log: Log, visit: string, loan: string, role?: string) {
  return log.findLast(
    ({ event }) =>
      event.kind === 'notice.made' &&
      event.visit === visit &&
      event.case === loan &&
      (role === undefined || event.body.addressee_role === role),
  );
}

/** Everything recorded about a household, the latest first; a void belongs to its receipt. */
export const aboutHousehold = (log: Log, id: string): StoredEvent[] =>
  log.filter(({ event }) => event.subject === id).reverse();

/** The second person stays the same for the day, mostly: proposed again. */
export function lastSecondPerson(log: Log): string | null {
  const last = log.findLast(isStart);
  return last ? startedOf(last).second_person : null;
}

export type Change<T> = (part: Partial<T>) => void;

/** Unfinished input under a name, or what it starts as, and how to change it. */
export function draftWith<T extends object>(
  phone: Phone,
  name: string,
  blank: T,
): readonly [T, Change<T>] {
  const kept = phone.drafts.value.get(name) as Partial<T> | undefined;
  const change: Change<T> = (part) => {
    const before = phone.drafts.value.get(name) as Partial<T> | undefined;
    setDraft(phone, name, { ...before, ...part });
  };
  return [{ ...blank, ...kept }, change];
}

export const dropDraft = (phone: Phone, name: string): void => setDraft(phone, name, undefined);

/** It is on disk a moment later. A full disk must not stop the typing. */
function setDraft(phone: Phone, name: string, value: object | undefined): void {
  phone.drafts.value = new Map(phone.drafts.value).set(name, value);
  keepDraft(phone.db, name, value).catch(() => undefined);
}
