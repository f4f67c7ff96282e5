/** Unfinished input: it outlives a reload, a call, a dead battery, and is no record of anything. */

import type { Db } from './db';
import { read, write } from './db';

export async function readDrafts(db: Db): Promise<Map<string, unknown>> {
  const drafts = read(db, 'drafts');
  const [names, values] = await Promise.all([drafts.getAllKeys(), drafts.getAll()]);
  return new Map(names.map((name, index) => [String(name), values[index]]));
}

/** Keep one draft; undefined forgets it. */
export async function keepDraft(db: Db, name: string, value: unknown): Promise<void> {
  await write(db, ['drafts'], (stores) =>
    value === undefined ? stores('drafts').delete(name) : stores('drafts').put(value, name),
  );
}
