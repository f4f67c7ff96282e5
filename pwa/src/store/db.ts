/** The database of the phone: its stores, and the one way to write into them. */

import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { Envelope } from '../sync/events';

/** An event as recorded here: its identity is the hash; the signature is not part of it. */
export interface StoredEvent {
  readonly lane: string;
  readonly seq: number;
  readonly hash: string;
  readonly sig: string;
  readonly event: Envelope;
}

/** A row of the server, with the tick at which it was so and the hash of its bytes. */
export interface StoredRow {
  readonly etype: string;
  readonly eid: string;
  readonly tick: number;
  readonly row: Readonly<Record<string, unknown>>;
  readonly sum: string;
}

/** What the server made of an event. `tick` is null until the feed has said it. */
export interface StoredVerdict {
  readonly hash: string;
  readonly verdict: string;
  readonly reason: string | null;
  readonly tick: number | null;
}

export interface StoredBlob {
  readonly sha256: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly media_type: string;
  /** The event that names it; bytes travel only after it. */
  readonly seq: number;
  readonly state: 'waiting' | 'stored' | 'quarantined' | 'refused';
}

export interface Head {
  readonly lane: string;
  readonly seq: number;
  readonly hash: string;
}

/** Rows and verdicts of a reset wait here until its last page has come. */
export interface Staged {
  readonly id: string;
  readonly row?: StoredRow;
  readonly verdict?: StoredVerdict;
}

export interface Schema extends DBSchema {
  log: { key: [string, number]; value: StoredEvent };
  head: { key: string; value: Head };
  rows: { key: [string, string]; value: StoredRow };
  staged: { key: string; value: Staged };
  verdicts: { key: string; value: StoredVerdict };
  blobs: { key: string; value: StoredBlob };
  drafts: { key: string; value: unknown };
  meta: { key: string; value: unknown };
}

export type Db = IDBPDatabase<Schema>;
export type Name = StoreNames<Schema>;
export type WriteTx<N extends Name> = IDBPTransaction<Schema, N[], 'readwrite'>;

export interface OpenedDb {
  readonly db: Db;
  /** The browser threw the old database away because it was damaged. */
  readonly lost: boolean;
}

const DB_NAME = 'doorstep';
const VERSION = 1;

/** Opens the database, and makes it where there is none. */
export async function openDb(onClosed: () => void = () => undefined): Promise<OpenedDb> {
  let lost = false;
  const db = await openDB<Schema>(DB_NAME, VERSION, {
    upgrade(fresh, _old, _new, _tx, event) {
      lost = (event as { dataLoss?: string }).dataLoss === 'total';
      fresh.createObjectStore('log', { keyPath: ['lane', 'seq'] });
      fresh.createObjectStore('head', { keyPath: 'lane' });
      fresh.createObjectStore('rows', { keyPath: ['etype', 'eid'] });
      fresh.createObjectStore('staged', { keyPath: 'id' });
      fresh.createObjectStore('verdicts', { keyPath: 'hash' });
      fresh.createObjectStore('blobs', { keyPath: 'sha256' });
      fresh.createObjectStore('drafts');
      fresh.createObjectStore('meta');
    },
    terminated: onClosed,
  });
  return { db, lost };
}

/**
 * A transaction that is complete only when the disk has it.
 *
 * Since Chromium 121 the default no longer waits for the disk; nothing here may use the default.
 */
export function write<N extends Name>(db: Db, ...stores: N[]): WriteTx<N> {
  return db.transaction(stores, 'readwrite', { durability: 'strict' });
}

/**
 * Do the work and wait for the disk; any failure rolls the whole transaction back.
 *
 * Both promises are awaited together: a transaction that aborts must not be left unheard.
 */
export async function settle<N extends Name>(
  tx: WriteTx<N>,
  work: (tx: WriteTx<N>) => Promise<void>,
): Promise<void> {
  const done = tx.done;
  done.catch(() => undefined);
  try {
    await work(tx);
  } catch (error) {
    if (!tx.error) abort(tx);
    throw error;
  }
  await done;
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // It has aborted by itself, for the reason that brought us here.
  }
}
