/** Unfinished input: it outlives a reload, a call, a dead battery, and is no record of anything. */

import type { Db } from './db';
import { settle, write } from './db';

export async function readDrafts(db: Db): Promise<Map<string, unknown>> {
  const [names, values] = await Promise.all([db.getAllKeys('drafts'), db.getAll('drafts')]);
  return new Map(names.map((name, index) => [name, values[index]]));
}

/** Keep one draft; undefined forgets it. */
export async function keepDraft(db: Db, name: string, value: unknown): Promise<void> {
  await settle(write(db, 'drafts'), async (tx) => {
    const drafts = tx.objectStore('drafts');
    await (value === undefined ? drafts.delete(name) : drafts.put(value, name));
  });
}
