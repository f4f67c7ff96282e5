/** Visits: which are open, what was done in them, and the input that is not recorded yet. */

import { keepDraft } from '../store/drafts';
import type { StoredEvent } from '../store/db';
import type { Phone } from './phone';

/** The start of a visit as it was recorded. */
export interface Started {
  readonly visit: string;
  readonly household: string;
  readonly second_person: string | null;
  readonly started_at: number;
}

interface StartedBody {
  readonly household: string;
  readonly second_person: string | null;
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

export const BLANK_VISIT: VisitDraft = {
  met: null,
  met_name: '',
  met_relation: '',
  outcome: null,
  away_place: '',
  note: '',
  loan: null,
};

/** Visits that were started and not ended, the latest first. */
export function openVisits(log: readonly StoredEvent[]): Started[] {
  const ended = new Set(
    log.flatMap(({ event }) => (event.kind === 'visit.outcome' ? [event.visit] : [])),
  );
  return log
    .filter(({ event }) => event.kind === 'visit.started' && !ended.has(event.visit))
    .map(startedOf)
    .reverse();
}

export function visitOf(log: readonly StoredEvent[], visit: string): Started | null {
  const found = log.find(({ event }) => event.kind === 'visit.started' && event.visit === visit);
  return found ? startedOf(found) : null;
}

function startedOf({ event }: StoredEvent): Started {
  const { household, second_person } = event.body as unknown as StartedBody;
  return { visit: event.visit ?? '', household, second_person, started_at: event.occurred_at };
}

/** Events of a kind in a visit. */
export function inVisit(log: readonly StoredEvent[], visit: string, kind: string): StoredEvent[] {
  return log.filter(({ event }) => event.visit === visit && event.kind === kind);
}

/** Everything recorded about a household, the latest first; a void belongs to its receipt. */
export function aboutHousehold(log: readonly StoredEvent[], id: string): StoredEvent[] {
  return log.filter(({ event }) => event.subject === id).reverse();
}

/** Who may be named as the second person stays the same for the day: it is proposed again. */
export function lastSecondPerson(log: readonly StoredEvent[]): string | null {
  const last = log.findLast(({ event }) => event.kind === 'visit.started');
  return last ? startedOf(last).second_person : null;
}

/** Unfinished input under a name, or what it starts as. */
export function draftOf<T extends object>(phone: Phone, name: string, blank: T): T {
  return { ...blank, ...(phone.drafts.value.get(name) as Partial<T> | undefined) };
}

/** Change part of a draft; it is on disk a moment later. A full disk must not stop the typing. */
export function changeDraft(phone: Phone, name: string, change: object): void {
  const value = { ...(phone.drafts.value.get(name) as object | undefined), ...change };
  phone.drafts.value = new Map(phone.drafts.value).set(name, value);
  keepDraft(phone.db, name, value).catch(() => undefined);
}

export function dropDraft(phone: Phone, name: string): void {
  const drafts = new Map(phone.drafts.value);
  drafts.delete(name);
  phone.drafts.value = drafts;
  keepDraft(phone.db, name, undefined).catch(() => undefined);
}
