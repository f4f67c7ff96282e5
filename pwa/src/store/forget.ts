/** What this phone may let go of. Nothing, until it lies in a backup that was tried. */

import type { StoredBlob } from './db';

/** The server says of a photo that its bytes lie in a backup which was restored and checked. */
export interface Kept {
  readonly archived: boolean;
}

/**
 * May the bytes of a photo be forgotten? Only if the server has them, and both they and the event
 * that names them are archived. Events themselves stay: they are small, and the log is the proof.
 */
export function mayForget(
  photo: Pick<StoredBlob, 'lane' | 'seq' | 'state'>,
  archivedTo: ReadonlyMap<string, number>,
  kept: Kept,
): boolean {
  const isArchived = kept.archived && photo.seq <= (archivedTo.get(photo.lane) ?? 0);
  return photo.state === 'stored' && isArchived;
}
