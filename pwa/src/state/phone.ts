/** This phone: what it holds in memory of its stores, and the powers it was given. */

import { batch, computed, signal } from '@preact/signals-core';
import type { ReadonlySignal, Signal } from '@preact/signals-core';
import type { Clock } from '../device/clock';
import type { Journal } from '../device/journal';
import type { Line } from '../device/line';
import type { Sentinel } from '../device/sentinel';
import { read, write } from '../store/db';
import type { Db, StoredBlob, StoredEvent, StoredRow, StoredVerdict } from '../store/db';
import { Trouble } from '../device/trouble';
import type { Credentials } from '../store/exchange';
import { readDrafts } from '../store/drafts';
import type {
  Acks,
  Anchor,
  Identity,
  Incident,
  LaneFacts,
  LastSync,
  News,
  Proof,
  Pull,
} from '../store/meta';
import { NO_PULL } from '../store/feed';
import { inOrder, unsentIn } from '../store/lanes';
import { drop, keep, metaOf, NO_FACTS, noAcks } from '../store/meta';

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
  /** Of all lanes of this phone, the one that is written in last. */
  readonly log: Signal<readonly StoredEvent[]>;
  /** What the server has not acknowledged, oldest first. */
  readonly unsent: ReadonlySignal<readonly StoredEvent[]>;
  readonly verdicts: Signal<ReadonlyMap<string, StoredVerdict>>;
  readonly rows: Signal<Rows>;
  readonly acks: Signal<Acks>;
  readonly facts: Signal<LaneFacts>;
  readonly pull: Signal<Pull>;
  readonly anchor: Signal<Anchor | null>;
  readonly last: Signal<LastSync>;
  readonly photos: Signal<readonly StoredBlob[]>;
  readonly drafts: Signal<ReadonlyMap<string, unknown>>;
  /** Handovers that the other side has confirmed on this phone, by a code that was scanned. */
  readonly proofs: Signal<readonly Proof[]>;
  /** The red screen, while it is shown. */
  readonly notSaved: Signal<NotSaved | null>;
  /** Set when a save was left hanging: the head is not known, so nothing more is recorded. */
  readonly halted: Signal<boolean>;
  /** Events given back by the journal at this start; 0 when nothing was lost. */
  readonly restored: Signal<number>;
  /** What the officer has to know of this phone's memory, until she has seen it. */
  readonly news: Signal<News | null>;
  /** The lane that must not go on, for the server has another history of it. */
  forked: string | null;
  /** The browser has promised not to clear our storage; without that nothing is recorded. */
  readonly persisted: Signal<boolean>;
  boot: number;
  /** Saves happen one after the other. */
  tail: Promise<unknown>;
}

export function makePhone(db: Db, powers: Powers): Phone {
  const log = signal<readonly StoredEvent[]>([]);
  const acks = signal(noAcks());
  return {
    ...powers,
    db,
    key: null,
    identity: signal(null),
    log,
    unsent: computed(() => unsentIn(log.value, acks.value)),
    verdicts: signal(new Map()),
    rows: signal(new Map()),
    acks,
    facts: signal(NO_FACTS),
    pull: signal(NO_PULL),
    anchor: signal(null),
    last: signal({ done_at: null, ahead_ms: 0 }),
    photos: signal([]),
    drafts: signal(new Map()),
    proofs: signal([]),
    notSaved: signal(null),
    halted: signal(false),
    restored: signal(0),
    news: signal(null),
    forked: null,
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
  phone.log.value = identity ? inOrder(await read(db, 'log').getAll(), identity.lane) : [];
  phone.drafts.value = await readDrafts(db);
  phone.photos.value = await read(db, 'blobs').getAll();
  phone.proofs.value = (await metaOf(db, 'proofs')) ?? [];
  await loadFeed(phone);
  phone.identity.value = identity;
}

/** Read again what an exchange with the server may have changed. */
export async function loadFeed(phone: Phone): Promise<void> {
  const { db } = phone;
  const [rows, verdicts] = await Promise.all([
    read(db, 'rows').getAll(),
    read(db, 'verdicts').getAll(),
  ]);
  const acks = (await metaOf(db, 'acks')) ?? noAcks();
  const facts = (await metaOf(db, 'facts')) ?? NO_FACTS;
  const news = (await metaOf(db, 'news')) ?? null;
  const pull = (await metaOf(db, 'pull')) ?? NO_PULL;
  const anchor = (await metaOf(db, 'anchor')) ?? null;
  const last = (await metaOf(db, 'last')) ?? phone.last.value;
  // Together, or a receipt would be shown twice, or not at all, in between.
  batch(() => {
    phone.rows.value = byType(rows);
    phone.verdicts.value = new Map(verdicts.map((verdict) => [verdict.hash, verdict]));
    phone.acks.value = acks;
    phone.facts.value = facts;
    phone.news.value = news;
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

/** Who asks; throws `not_enrolled`. */
export function credentialsOf(phone: Phone): Credentials {
  const identity = phone.identity.value;
  if (!identity) throw new Trouble('not_enrolled');
  return { identity, key: phone.key };
}

/** Photos that wait, and whose events the server has: bytes without an event are nobody's. */
export function photosDue(phone: Phone): readonly StoredBlob[] {
  const unsent = new Set(phone.unsent.value.map(({ lane, seq }) => `${lane} ${seq}`));
  return phone.photos.value.filter(
    ({ lane, seq, state }) => state === 'waiting' && !unsent.has(`${lane} ${seq}`),
  );
}

/** What waits to be told; beyond that it is the same trouble over and over. */
const INCIDENTS_MAX = 20;

/** One more thing that people should know, in the next request. */
export async function report(phone: Phone, incident: Omit<Incident, 'at'>): Promise<void> {
  const told = { ...incident, at: phone.clock.now() };
  await write(phone.db, ['meta'], async (stores) => {
    const meta = stores('meta');
    const known = ((await meta.get('incidents')) ?? []) as readonly Incident[];
    await meta.put([...known, told].slice(0, INCIDENTS_MAX), 'incidents');
  });
}

/** Show the officer what she must know, or take it away when she has seen it. */
export async function tell(phone: Phone, news: News | null): Promise<void> {
  await (news ? keep(phone.db, { news }) : drop(phone.db, 'news'));
  phone.news.value = news;
}
