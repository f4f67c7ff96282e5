/** What the phone knows about itself, one record per name. */

import type { Db } from './db';
import { read, write } from './db';
import type { Transfer } from './transfer';

/** Agreed at enrolment. The ack secret proves that an answer comes from our server. */
export interface Identity {
  /** The first lane; later ones follow it in the log (store/lanes). */
  readonly lane: string;
  readonly lane_code: string;
  readonly device: string;
  readonly officer: { readonly id: string; readonly name: string };
  readonly branch: { readonly id: string; readonly name: string };
  readonly ack_secret: string;
  /** The point that bundles for the server are sealed to; null from a server that takes none. */
  readonly server_key: string | null;
  /** Shown to a server that was restored to a day before our enrolment. */
  readonly ticket: string | null;
}

/** An enrolment under way: kept before it is sent, so that a lost answer can be asked again. */
export interface Pending {
  readonly lane: string;
  readonly code: string;
  readonly key: CryptoKeyPair;
}

/** A place in a lane: its number, and the hash that says whose number it is. */
export interface Mark {
  readonly seq: number;
  readonly hash: string;
}

/** What the server has of our lanes, in one history of its database. */
export interface Acks {
  readonly epoch: string;
  /** By lane: the last event before which it lacks nothing. */
  readonly lanes: Readonly<Record<string, Mark>>;
  /** Hashes of events that it has beyond that. */
  readonly beside: readonly string[];
}

/** What the server says of a lane beside its head. */
export interface LaneFacts {
  /** The prefix that lies in a backup which was restored and checked. */
  readonly archived: Readonly<Record<string, Mark>>;
  /** The prefix whose verdicts are no longer told: applied, before any row. */
  readonly settled: Readonly<Record<string, Mark>>;
}

/** How far we have the server's feed. While a reset is under way its pages are staged. */
export interface Pull {
  readonly epoch: string;
  readonly cursor: string | null;
  readonly staging: { readonly epoch: string; readonly cursor: string } | null;
  /** Rows have changed since they were last known to be the server's. */
  readonly unproved: boolean;
}

/** Something that people should know about this phone; told to the server with the next request. */
export interface Incident {
  readonly kind: 'rows_differ' | 'lost_all' | 'lost_some' | 'forked' | 'restored';
  readonly details: Readonly<Record<string, string | number | null>>;
  readonly at: number;
}

/** What the officer has to know, until she has said that she does. */
export interface News {
  readonly kind: 'lost_some' | 'forked' | 'epoch';
  /** How many records are gone, as far as is known. */
  readonly records: number;
  /** The last receipt number that was used, where it is gone. */
  readonly receipt_no: string | null;
}

export interface Anchor {
  readonly tick: number;
  readonly mac: string;
}

/** The last exchanges, for the sync page. */
export interface LastSync {
  /** When everything was last complete, by this phone's clock; null if never. */
  readonly done_at: number | null;
  /** The server's clock less ours at that time, in milliseconds. */
  readonly ahead_ms: number;
}

/** The other side's signed word that it has our cash, as a camera brought it. */
export interface Proof {
  /** Hash of our own record that it confirms. */
  readonly handed: string;
  /** The signed record of the other side, as it was shown. */
  readonly message: string;
  readonly at: number;
}

export interface Meta {
  proofs: readonly Proof[];
  identity: Identity;
  pending: Pending;
  key: CryptoKeyPair;
  acks: Acks;
  facts: LaneFacts;
  pull: Pull;
  transfer: Transfer;
  incidents: readonly Incident[];
  news: News;
  anchor: Anchor;
  boot: number;
  last: LastSync;
  serial: number;
}

export type MetaName = keyof Meta;

export async function metaOf<N extends MetaName>(
  db: Db,
  name: N,
): Promise<Meta[N] | undefined> {
  return (await read(db, 'meta').get(name)) as Meta[N] | undefined;
}

/** Write several records at once, all or none. */
export async function keep(db: Db, facts: Partial<Meta>): Promise<void> {
  await write(db, ['meta'], (stores) =>
    Promise.all(Object.entries(facts).map(([name, value]) => stores('meta').put(value, name))),
  );
}

/** Nothing is known of the server yet. */
export const noAcks = (): Acks => ({ epoch: '', lanes: {}, beside: [] });
export const NO_FACTS: LaneFacts = { archived: {}, settled: {} };

export async function drop(db: Db, name: MetaName): Promise<void> {
  await write(db, ['meta'], (stores) => stores('meta').delete(name));
}
