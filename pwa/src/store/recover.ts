/**
 * At every start: the journal file and the database are compared, and each gets what it lacks.
 *
 * A killed browser can lose the whole database, rows, key and all (pwa-platform 2). The journal
 * holds every event with its signature, and who this phone is; the key cannot be in it, for it
 * never leaves the browser, so a phone whose database was lost makes a new one (state/start).
 */

import { fromUtf8 } from '../device/bytes';
import type { Journal, Opened } from '../device/journal';
import { Trouble } from '../device/trouble';
import { canonicalBytes } from '../sync/canonical';
import { read, write } from './db';
import type { Db, Head, StoredEvent, StoredRow, StoredVerdict } from './db';
import { byLane } from './lanes';
import type { Acks, Anchor, Identity, LaneFacts, LastSync, Mark } from './meta';
import { keep, metaOf } from './meta';

/** The rows of the last complete exchange, as they lie beside the journal. */
export interface Copy {
  readonly serial: number;
  readonly lane: string;
  readonly epoch: string;
  readonly cursor: string | null;
  readonly acks: Acks;
  readonly facts: LaneFacts;
  readonly anchor: Anchor | null;
  readonly last: LastSync | null;
  readonly rows: readonly StoredRow[];
  readonly verdicts: readonly StoredVerdict[];
}

export interface Recovered {
  readonly identity: Identity | null;
  /** Events that the database had lost and the journal gave back. */
  readonly toDatabase: number;
  /** Events that the journal lacked. */
  readonly toJournal: number;
}

type JournalRecord =
  | { readonly identity: Identity }
  | { readonly event: StoredEvent['event']; readonly hash: string; readonly sig: string };

type Bytes = Uint8Array<ArrayBuffer>;

export const identityRecord = (identity: Identity): Uint8Array => canonicalBytes({ identity });

export function eventRecord({ event, hash, sig }: StoredEvent): Uint8Array {
  return canonicalBytes({ event, hash, sig });
}

const readRecord = (payload: Bytes) => JSON.parse(fromUtf8(payload)) as JournalRecord;

/** Canonical keys are sorted, so that the third byte tells an event from an identity. */
const isEvent = (payload: Bytes): boolean => payload[2] === 'e'.charCodeAt(0);

function storedFrom(record: JournalRecord): StoredEvent[] {
  if (!('event' in record)) return [];
  const { event, hash, sig } = record;
  return [{ lane: event.lane, seq: event.seq, hash, sig, event }];
}

const eventsIn = (payloads: readonly Bytes[]): StoredEvent[] =>
  payloads.filter(isEvent).flatMap((payload) => storedFrom(readRecord(payload)));

/**
 * Compare, and mend whichever of the two lacks something.
 *
 * Throws `two_histories` for two events with one number: nothing may be recorded until people
 * have looked.
 */
export async function reconcile(
  db: Db,
  journal: Journal,
  opened: Opened | null,
): Promise<Recovered> {
  const inDatabase = await metaOf(db, 'identity');
  const inJournal = opened && lastIdentity(opened.payloads);
  if (opened && inJournal && !inDatabase) {
    return restoreDatabase({ db, journal, payloads: opened.payloads, identity: inJournal });
  }
  if (!inDatabase) return { identity: null, toDatabase: 0, toJournal: 0 };
  const files = opened ?? (await journal.open(true));
  const payloads = inJournal ? (files?.payloads ?? []) : [];
  if (!inJournal) await journal.append([identityRecord(inDatabase)]);
  return mendBoth({ db, journal, payloads, identity: inDatabase });
}

function lastIdentity(payloads: readonly Bytes[]): Identity | null {
  const record = payloads.findLast((payload) => !isEvent(payload));
  const found = record && readRecord(record);
  return found && 'identity' in found ? found.identity : null;
}

interface Both {
  readonly db: Db;
  readonly journal: Journal;
  readonly payloads: readonly Bytes[];
  readonly identity: Identity;
}

async function mendBoth({ db, journal, payloads, identity }: Both): Promise<Recovered> {
  if (isSame(payloads, await read(db, 'head').getAll())) {
    return { identity, toDatabase: 0, toJournal: 0 };
  }
  const theirs = eventsIn(payloads);
  const ours = await read(db, 'log').getAll();
  refuseTwoHistories(ours, theirs);
  const missingHere = without(theirs, ours);
  const missingThere = without(ours, theirs);
  await journal.append(missingThere.map(eventRecord));
  await putEvents(db, missingHere);
  return { identity, toDatabase: missingHere.length, toJournal: missingThere.length };
}

/** Usually nothing is missing, and the last record alone shows it: the events are chains. */
function isSame(payloads: readonly Bytes[], heads: readonly Head[]): boolean {
  const events = payloads.filter(isEvent);
  if (events.length !== heads.reduce((sum, head) => sum + head.seq, 0)) return false;
  const last = events.at(-1);
  const record = last && readRecord(last);
  return !record || ('hash' in record && heads.some(({ hash }) => hash === record.hash));
}

function without(these: readonly StoredEvent[], those: readonly StoredEvent[]): StoredEvent[] {
  const known = new Set(those.map((event) => event.hash));
  return these.filter((event) => !known.has(event.hash));
}

function refuseTwoHistories(ours: readonly StoredEvent[], theirs: readonly StoredEvent[]): void {
  const place = (event: StoredEvent) => `${event.lane} ${event.seq}`;
  const known = new Map(ours.map((event) => [place(event), event.hash]));
  for (const event of theirs) {
    const here = known.get(place(event));
    if (here !== undefined && here !== event.hash) throw new Trouble('two_histories');
  }
}

async function putEvents(db: Db, events: readonly StoredEvent[]): Promise<void> {
  if (events.length === 0) return;
  await write(db, ['log', 'head'], async (stores) => {
    const heads = stores('head');
    await Promise.all(events.map((event) => stores('log').put(event)));
    for (const [lane, its] of byLane(events)) {
      const { seq, hash }: Mark = its.reduce((a, b) => (b.seq > a.seq ? b : a));
      if (seq > ((await heads.get(lane))?.seq ?? 0)) await heads.put({ lane, seq, hash });
    }
  });
}

/** The database is gone: events and identity from the journal, rows from their copy. */
async function restoreDatabase({ db, journal, payloads, identity }: Both): Promise<Recovered> {
  const events = eventsIn(payloads);
  await putEvents(db, events);
  const copy = newestCopy(await journal.readRows(), identity.lane);
  if (copy) await restoreRows(db, copy);
  const pending = await metaOf(db, 'pending');
  // Killed between the two halves of the enrolment: the key is still there.
  const key = pending?.lane === identity.lane ? { key: pending.key } : {};
  await keep(db, { identity, boot: events.at(-1)?.event.boot ?? 0, ...key });
  return { identity, toDatabase: events.length, toJournal: 0 };
}

async function restoreRows(db: Db, copy: Copy): Promise<void> {
  await write(db, ['rows', 'verdicts', 'meta'], async (stores) => {
    await Promise.all(copy.rows.map((row) => stores('rows').put(row)));
    await Promise.all(copy.verdicts.map((verdict) => stores('verdicts').put(verdict)));
    const meta = stores('meta');
    const { epoch, cursor, serial, acks, facts, anchor, last } = copy;
    await meta.put({ epoch, cursor, staging: null, unproved: false }, 'pull');
    await meta.put(serial, 'serial');
    await meta.put(acks, 'acks');
    await meta.put(facts, 'facts');
    if (anchor) await meta.put(anchor, 'anchor');
    if (last) await meta.put(last, 'last');
  });
}

function newestCopy(slots: readonly (Bytes | null)[], lane: string): Copy | null {
  const copies = slots
    .flatMap((slot) => (slot ? [JSON.parse(fromUtf8(slot)) as Copy] : []))
    .filter((copy) => copy.lane === lane)
    .sort((a, b) => b.serial - a.serial);
  return copies[0] ?? null;
}
