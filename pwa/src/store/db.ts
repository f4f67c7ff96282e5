/**
 * The database of the phone: its stores, and the one way to write into them.
 *
 * The few lines over the browser's own interface are ours, for a library is 1 kB of 40, and what
 * must be seen here is the transaction: its durability, its end, its failure.
 */

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
  /** What a parked event waits for: the hash of another, or `visit:` and an id. */
  readonly needs: string | null;
  readonly tick: number | null;
}

export interface StoredBlob {
  readonly sha256: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly media_type: string;
  /** The event that names it; bytes travel only after it. */
  readonly lane: string;
  readonly seq: number;
  readonly state: 'waiting' | 'stored' | 'quarantined' | 'refused';
}

export interface Head {
  readonly lane: string;
  readonly seq: number;
  readonly hash: string;
}

/** A sealed bundle: of our own records, or a colleague's that we carry. */
export interface StoredBundle {
  /** Random; hexadecimal. */
  readonly id: string;
  readonly role: 'own' | 'carried';
  /** Kept until it is delivered; of an own one for as long as it may be shown. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** Records inside, as its phone says. */
  readonly count: number;
  readonly size: number;
  /** When it was made or taken, by this phone's clock. */
  readonly at: number;
  readonly state: 'waiting' | 'delivered' | 'kept';
  /** Why the server could only keep it. */
  readonly code: string | null;
  /** The sealed acknowledgement to show to the phone that made it. */
  readonly ack: Uint8Array<ArrayBuffer> | null;
  /** Of an own one: the hashes of its records, batch by batch. */
  readonly hashes: readonly (readonly string[])[];
}

/** Rows and verdicts of a reset wait here until its last page has come. */
export interface Staged {
  readonly id: string;
  readonly row?: StoredRow;
  readonly verdict?: StoredVerdict;
}

interface Schema {
  readonly log: StoredEvent;
  readonly head: Head;
  readonly rows: StoredRow;
  readonly staged: Staged;
  readonly verdicts: StoredVerdict;
  readonly blobs: StoredBlob;
  readonly bundles: StoredBundle;
  readonly drafts: unknown;
  readonly meta: unknown;
}

export type Name = keyof Schema;

/** Where each store finds the key in a value; null where the key stands beside it. */
const KEYS: Readonly<Record<Name, string | string[] | null>> = {
  log: ['lane', 'seq'],
  head: 'lane',
  rows: ['etype', 'eid'],
  staged: 'id',
  verdicts: 'hash',
  blobs: 'sha256',
  bundles: 'id',
  drafts: null,
  meta: null,
};

const DB_NAME = 'doorstep';
const VERSION = 2;

export type Db = IDBDatabase;

/**
 * Opens the database, and makes the stores that are not there yet; never changes one that is.
 *
 * `onBlocked` is called when another tab of an older build holds it open: it has to be closed.
 */
export async function openDb(onBlocked: () => void = () => undefined): Promise<Db> {
  const request = indexedDB.open(DB_NAME, VERSION);
  request.onupgradeneeded = () => {
    const there = request.result.objectStoreNames;
    for (const [name, keyPath] of Object.entries(KEYS)) {
      if (!there.contains(name)) request.result.createObjectStore(name, { keyPath });
    }
  };
  request.onblocked = onBlocked;
  const db = await answer(request);
  // A newer build waits for us: what this tab writes after this fails, and says so.
  db.onversionchange = () => db.close();
  return db;
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  const answered = new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no answer'));
  });
  // One of several may fail first, and end the waiting for the others.
  answered.catch(() => undefined);
  return answered;
}

/** One store inside a transaction. */
export interface Store<V> {
  get(key: IDBValidKey): Promise<V | undefined>;
  getAll(range?: IDBKeyRange): Promise<V[]>;
  getAllKeys(): Promise<IDBValidKey[]>;
  /** Refuses a value whose key is there already. */
  add(value: V): Promise<unknown>;
  put(value: V, key?: string): Promise<unknown>;
  delete(key: IDBValidKey): Promise<unknown>;
  clear(): Promise<unknown>;
}

/** The stores of one transaction, by name. */
export type Stores = <N extends Name>(name: N) => Store<Schema[N]>;

function storesOf(tx: IDBTransaction): Stores {
  return (name) => {
    const store = tx.objectStore(name);
    return {
      get: (key) => answer(store.get(key)),
      getAll: (range) => answer(store.getAll(range)),
      getAllKeys: () => answer(store.getAllKeys()),
      add: (value) => answer(store.add(value)),
      put: (value, key) => answer(store.put(value, key)),
      delete: (key) => answer(store.delete(key)),
      clear: () => answer(store.clear()),
    };
  };
}

export function read<N extends Name>(db: Db, name: N): Store<Schema[N]> {
  return storesOf(db.transaction(name))(name);
}

/**
 * Do the work in one transaction over these stores, and wait until the disk has it.
 *
 * Any failure rolls all of it back. Since Chromium 121 the default no longer waits for the disk,
 * so nothing here may use the default.
 */
export async function write(
  db: Db,
  names: readonly Name[],
  work: (stores: Stores) => Promise<unknown>,
): Promise<void> {
  const tx = db.transaction(names, 'readwrite', { durability: 'strict' });
  const end = new Promise<void>((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new Error('aborted'));
  });
  // Awaited below; a transaction that aborts while the work goes on must not be left unheard.
  end.catch(() => undefined);
  try {
    await work(storesOf(tx));
  } catch (error) {
    if (!tx.error) rollBack(tx);
    throw error;
  }
  await end;
}

function rollBack(tx: IDBTransaction): void {
  try {
    tx.abort();
  } catch {
    // It has ended by itself, for the reason that brought us here.
  }
}
