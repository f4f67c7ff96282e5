/** This phone: what it holds in memory of its stores, and the powers it was given. */

import { batch, signal } from '@preact/signals-core';
import type { Signal } from '@preact/signals-core';
import type { Clock } from '../device/clock';
import type { Journal } from '../device/journal';
import type { Line } from '../device/line';
import type { Sentinel } from '../device/sentinel';
import { read } from '../store/db';
import type { Db, StoredBlob, StoredEvent, StoredRow, StoredVerdict } from '../store/db';
import { readDrafts } from '../store/drafts';
import type { Ack, Anchor, Identity, LastSync, Pull } from '../store/meta';
import { NO_PULL } from '../store/feed';
import { metaOf } from '../store/meta';
import { noAck } from '../store/recover';

export type Rows = ReadonlyMap<string, ReadonlyMap<string, StoredRow>>;

/** A save that did not finish, with what the officer must write into the paper book. */
export interface NotSaved {
  readonly lines: readonly string[];
  /** Whether it is known that nothing was kept; else it may turn up after the next start. */
  readonly certain: boolean;
  readonly cause: string;
}

export interface Powers {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly line: Line;
  /** False when the browser knows that there is no network; true means little. */
  readonly isOnline: () => boolean;
  /** Where this phone leaves word that it has records, beside the stores that hold them. */
  readonly sentinel: Sentinel;
  /** The build of this program; part of every event. */
  readonly app: string;
  /** Opens the database again after the browser has closed the connection. */
  readonly reopen: () => Promise<Db>;
}

export interface Phone extends Powers {
  db: Db;
  key: CryptoKeyPair | null;
  readonly identity: Signal<Identity | null>;
  readonly log: Signal<readonly StoredEvent[]>;
  readonly verdicts: Signal<ReadonlyMap<string, StoredVerdict>>;
  readonly rows: Signal<Rows>;
  readonly ack: Signal<Ack>;
  readonly pull: Signal<Pull>;
  readonly anchor: Signal<Anchor | null>;
  readonly last: Signal<LastSync>;
  readonly photos: Signal<readonly StoredBlob[]>;
  readonly drafts: Signal<ReadonlyMap<string, unknown>>;
  /** The red screen, while it is shown. */
  readonly notSaved: Signal<NotSaved | null>;
  /** Set when a save was left hanging: the head is not known, so nothing more is recorded. */
  readonly halted: Signal<boolean>;
  /** Events given back by the journal at this start; 0 when nothing was lost. */
  readonly restored: Signal<number>;
  /** The browser has promised not to clear our storage; without that nothing is recorded. */
  readonly persisted: Signal<boolean>;
  boot: number;
  /** Saves happen one after the other. */
  tail: Promise<unknown>;
}

export function makePhone(db: Db, powers: Powers): Phone {
  return {
    ...powers,
    db,
    key: null,
    identity: signal(null),
    log: signal([]),
    verdicts: signal(new Map()),
    rows: signal(new Map()),
    ack: signal(noAck()),
    pull: signal(NO_PULL),
    anchor: signal(null),
    last: signal({ done_at: null, ahead_ms: 0 }),
    photos: signal([]),
    drafts: signal(new Map()),
    notSaved: signal(null),
    halted: signal(false),
    restored: signal(0),
    persisted: signal(false),
    boot: 0,
    tail: Promise.resolve(),
  };
}

/** Read everything from the database into memory. */
export async function load(phone: Phone): Promise<void> {
  const { db } = phone;
  const identity = (await metaOf(db, 'identity')) ?? null;
  phone.key = (await metaOf(db, 'key')) ?? null;
  phone.boot = (await metaOf(db, 'boot')) ?? 0;
  phone.log.value = identity ? await read(db, 'log').getAll(laneRange(identity.lane)) : [];
  phone.drafts.value = await readDrafts(db);
  phone.photos.value = await read(db, 'blobs').getAll();
  await loadFeed(phone);
  phone.identity.value = identity;
}

const laneRange = (lane: string) => IDBKeyRange.bound([lane, 0], [lane, Infinity]);

/** Read again what an exchange with the server may have changed. */
export async function loadFeed(phone: Phone): Promise<void> {
  const { db } = phone;
  const [rows, verdicts] = await Promise.all([
    read(db, 'rows').getAll(),
    read(db, 'verdicts').getAll(),
  ]);
  const ack = (await metaOf(db, 'ack')) ?? noAck();
  const pull = (await metaOf(db, 'pull')) ?? NO_PULL;
  const anchor = (await metaOf(db, 'anchor')) ?? null;
  const last = (await metaOf(db, 'last')) ?? phone.last.value;
  // Together, or a receipt would be shown twice, or not at all, in between.
  batch(() => {
    phone.rows.value = byType(rows);
    phone.verdicts.value = new Map(verdicts.map((verdict) => [verdict.hash, verdict]));
    phone.ack.value = ack;
    phone.pull.value = pull;
    phone.anchor.value = anchor;
    phone.last.value = last;
  });
}

function byType(rows: readonly StoredRow[]): Rows {
  const types = new Map<string, Map<string, StoredRow>>();
  for (const row of rows) {
    const type = types.get(row.etype) ?? new Map<string, StoredRow>();
    types.set(row.etype, type.set(row.eid, row));
  }
  return types;
}

/** Events that the server has not acknowledged, oldest first. */
export function unsentOf(phone: Phone): readonly StoredEvent[] {
  const acked = phone.ack.value.seq;
  return phone.log.value.filter((event) => event.seq > acked);
}
