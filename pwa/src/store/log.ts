/** The log: every event recorded on this phone, in the order of its lane. */

import type { Db, Head, StoredBlob, StoredEvent } from './db';
import { settle, write } from './db';
import { ZERO_HASH } from '../sync/events';

/** The lane grew between building the event and writing it: build it again. */
export class HeadMoved extends Error {
  override readonly name = 'HeadMoved';
}

export async function readHead(db: Db, lane: string): Promise<Head> {
  return (await db.get('head', lane)) ?? { lane, seq: 0, hash: ZERO_HASH };
}

export interface Beside {
  readonly blobs?: readonly StoredBlob[];
  /** The key that signed these events, if it is new: key and events stand or fall together. */
  readonly key?: CryptoKeyPair;
}

/** Append events with their photos. Resolves when all are on disk: say "saved" after, not before. */
export async function append(
  db: Db,
  events: readonly StoredEvent[],
  { blobs = [], key }: Beside = {},
): Promise<void> {
  const first = events[0];
  const last = events.at(-1);
  if (!first || !last) return;
  await settle(write(db, 'log', 'head', 'blobs', 'meta'), async (tx) => {
    const heads = tx.objectStore('head');
    const head = (await heads.get(first.lane))?.hash ?? ZERO_HASH;
    // A second try after a connection died in the middle of the first, which had succeeded.
    if (head === last.hash) return;
    if (head !== first.event.prev) throw new HeadMoved(first.lane);
    const log = tx.objectStore('log');
    await Promise.all([
      ...events.map((event) => log.add(event)),
      ...blobs.map((blob) => tx.objectStore('blobs').put(blob)),
      heads.put({ lane: last.lane, seq: last.seq, hash: last.hash }),
      key && tx.objectStore('meta').put(key, 'key'),
    ]);
  });
}

/** Events of a lane after a sequence number, oldest first. */
export function eventsAfter(db: Db, lane: string, seq: number): Promise<StoredEvent[]> {
  return db.getAll('log', IDBKeyRange.bound([lane, seq], [lane, Infinity], true));
}
