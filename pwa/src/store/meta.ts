/** What the phone knows about itself, one record per name. */

import type { Db } from './db';
import { read, write } from './db';

/** Agreed at enrolment. The ack secret proves that an answer comes from our server. */
export interface Identity {
  readonly lane: string;
  readonly lane_code: string;
  readonly device: string;
  readonly officer: { readonly id: string; readonly name: string };
  readonly branch: { readonly id: string; readonly name: string };
  readonly ack_secret: string;
}

/** An enrolment under way: kept before it is sent, so that a lost answer can be asked again. */
export interface Pending {
  readonly lane: string;
  readonly code: string;
  readonly key: CryptoKeyPair;
}

/** How far the server has our lane. */
export interface Ack {
  readonly epoch: string;
  readonly seq: number;
  readonly hash: string;
}

/** How far we have the server's feed. While a reset is under way its pages are staged. */
export interface Pull {
  readonly epoch: string;
  readonly cursor: string | null;
  readonly staging: { readonly epoch: string; readonly cursor: string } | null;
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

export interface Meta {
  identity: Identity;
  pending: Pending;
  key: CryptoKeyPair;
  ack: Ack;
  pull: Pull;
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

export async function drop(db: Db, name: MetaName): Promise<void> {
  await write(db, ['meta'], (stores) => stores('meta').delete(name));
}
