/** The log: every event recorded on this phone, in the order of its lane. */

import { Trouble } from '../device/trouble';
import type { Db, Head, StoredBlob, StoredEvent } from './db';
import { read, write } from './db';
import { ZERO_HASH } from '../sync/events';

export async function readHead(db: Db, lane: string): Promise<Head> {
  return (await read(db, 'head').get(lane)) ?? { lane, seq: 0, hash: ZERO_HASH };
}

export interface Beside {
  readonly blobs?: readonly StoredBlob[];
  /** The key that signed these events, if it is new: key and events stand or fall together. */
  readonly key?: CryptoKeyPair;
}

/**
 * Append events with their photos. Resolves when all are on disk: say "saved" after, not before.
 *
 * Throws `head_moved` when the lane grew between building the events and writing them.
 */
export async function append(
  db: Db,
  events: readonly StoredEvent[],
  { blobs = [], key }: Beside = {},
): Promise<void> {
  const first = events[0];
  const last = events.at(-1);
  if (!first || !last) return;
  // One save is one lane: the chain that is checked here is the chain that is written.
  await write(db, ['log', 'head', 'blobs', 'meta'], async (stores) => {
    const heads = stores('head');
    const head = (await heads.get(first.lane))?.hash ?? ZERO_HASH;
    // A second try after a connection died in the middle of the first, which had succeeded.
    if (head === last.hash) return;
    if (head !== first.event.prev) throw new Trouble('head_moved');
    await Promise.all([
      ...events.map((event) => stores('log').add(event)),
      ...blobs.map((blob) => stores('blobs').put(blob)),
      heads.put({ lane: last.lane, seq: last.seq, hash: last.hash }),
      key && stores('meta').put(key, 'key'),
    ]);
  });
}
