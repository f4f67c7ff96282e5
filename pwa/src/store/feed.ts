/**
 * Taking in what the server says: rows, verdicts, cursor, acknowledgement.
 *
 * One answer is one transaction. A page counts only on top of the cursor that its request was
 * sent with; a late one changes nothing. A reset is staged until its last page has come, for
 * ticks of two epochs must never be compared.
 */

import { Trouble } from '../device/trouble';
import { write } from './db';
import type { Db, Staged, StoredRow, StoredVerdict, Stores } from './db';
import type { Acks, Anchor, Incident, LaneFacts, Pull } from './meta';

export interface Page {
  /** The cursor that the request carried. */
  readonly sent: string | null;
  readonly epoch: string;
  readonly reset: boolean;
  readonly upserts: readonly StoredRow[];
  readonly evicts: readonly (readonly [string, string])[];
  readonly verdicts: readonly StoredVerdict[];
  readonly cursor: string;
  readonly complete: boolean;
}

export interface Absorbed {
  readonly acks: Acks;
  readonly facts: LaneFacts;
  readonly anchor: Anchor | null;
  /** Verdicts of the push; they say what became of an event, and never change the overlay. */
  readonly said: readonly StoredVerdict[];
  readonly page: Page | null;
  /** What was told with the request, and need not be told again. */
  readonly told: readonly Incident[];
}

export const NO_PULL: Pull = { epoch: '', cursor: null, staging: null, unproved: false };

/** The cursor that the next request must carry. */
export const cursorOf = (pull: Pull): string | null => pull.staging?.cursor ?? pull.cursor;

/**
 * Take in one answer, all or nothing, and with it the transfer that brought it. Throws
 * `stale_page` for one that is not next.
 */
export async function absorb(db: Db, answer: Absorbed): Promise<void> {
  await write(db, ['rows', 'staged', 'verdicts', 'meta'], async (stores) => {
    const meta = stores('meta');
    await meta.put(answer.acks, 'acks');
    await meta.put(answer.facts, 'facts');
    if (answer.anchor) await meta.put(answer.anchor, 'anchor');
    if (answer.page) await takePage(stores, answer.page);
    // After the page: the last one of a reset forgets every verdict of the history before.
    for (const verdict of answer.said) await putSaid(stores, verdict);
    const incidents = ((await meta.get('incidents')) ?? []) as readonly Incident[];
    await meta.put(incidents.slice(answer.told.length), 'incidents');
    await meta.delete('transfer');
  });
}

/** A verdict of the push never takes the tick away that the feed has already said. */
export async function putSaid(stores: Stores, said: StoredVerdict): Promise<void> {
  const verdicts = stores('verdicts');
  const known = await verdicts.get(said.hash);
  if (known?.tick == null) await verdicts.put(said);
}

async function takePage(stores: Stores, page: Page): Promise<void> {
  const meta = stores('meta');
  const pull = ((await meta.get('pull')) as Pull | undefined) ?? NO_PULL;
  if (cursorOf(pull) !== page.sent) throw new Trouble('stale_page');
  if (page.reset || pull.staging) await meta.put(await stage(stores, pull, page), 'pull');
  else await meta.put(await apply(stores, pull, page), 'pull');
}

async function apply(stores: Stores, pull: Pull, page: Page): Promise<Pull> {
  const rows = stores('rows');
  // First what goes: of a repaired bucket all rows go, and those that are sent come back.
  await Promise.all(page.evicts.map((key) => rows.delete([key[0], key[1]])));
  await Promise.all([
    ...page.upserts.map((row) => rows.put(row)),
    ...page.verdicts.map((verdict) => stores('verdicts').put(verdict)),
  ]);
  const unproved = pull.unproved || page.upserts.length + page.evicts.length > 0;
  return { epoch: page.epoch, cursor: page.cursor, staging: null, unproved };
}

async function stage(stores: Stores, pull: Pull, page: Page): Promise<Pull> {
  const staged = stores('staged');
  // A new reset, or one of yet another epoch, begins with nothing.
  if (pull.staging?.epoch !== page.epoch || page.sent !== pull.staging.cursor) await staged.clear();
  const key = (row: { etype: string; eid: string }) => `row ${row.etype} ${row.eid}`;
  await Promise.all([
    ...page.upserts.map((row) => staged.put({ id: key(row), row })),
    ...page.evicts.map(([etype, eid]) => staged.delete(key({ etype, eid }))),
    ...page.verdicts.map((verdict) => staged.put({ id: `verdict ${verdict.hash}`, verdict })),
  ]);
  if (page.complete) {
    await swapIn(stores, await staged.getAll());
    return { epoch: page.epoch, cursor: page.cursor, staging: null, unproved: true };
  }
  return { ...pull, staging: { epoch: page.epoch, cursor: page.cursor } };
}

async function swapIn(stores: Stores, staged: readonly Staged[]): Promise<void> {
  const rows = stores('rows');
  const verdicts = stores('verdicts');
  await Promise.all([rows.clear(), verdicts.clear(), stores('staged').clear()]);
  await Promise.all(
    staged.map(({ row, verdict }) =>
      row ? rows.put(row) : verdict ? verdicts.put(verdict) : undefined,
    ),
  );
}
