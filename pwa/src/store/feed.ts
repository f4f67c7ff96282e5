/**
 * Taking in what the server says: rows, verdicts, cursor, acknowledgement.
 *
 * One answer is one transaction. A page counts only on top of the cursor that its request was
 * sent with; a late one changes nothing. A reset is staged until its last page has come, for
 * ticks of two epochs must never be compared.
 */

import type { Db, Staged, StoredRow, StoredVerdict, WriteTx } from './db';
import { settle, write } from './db';
import type { Ack, Anchor, Pull } from './meta';

/** The answer belongs to a request sent before another page was taken in. */
export class StalePage extends Error {
  override readonly name = 'StalePage';
}

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
  readonly ack: Ack | null;
  readonly anchor: Anchor | null;
  /** Verdicts of the push; they say what became of an event, and never change the overlay. */
  readonly said: readonly StoredVerdict[];
  readonly page: Page | null;
}

type FeedTx = WriteTx<'rows' | 'staged' | 'verdicts' | 'meta'>;

const NOTHING: Pull = { epoch: '', cursor: null, staging: null };

/** The cursor that the next request must carry. */
export const cursorOf = (pull: Pull): string | null => pull.staging?.cursor ?? pull.cursor;

/** Take in one answer, all or nothing. Refuses a page that is not next with StalePage. */
export async function absorb(db: Db, answer: Absorbed): Promise<void> {
  const tx = write(db, 'rows', 'staged', 'verdicts', 'meta');
  await settle(tx, async (open) => {
    const meta = open.objectStore('meta');
    if (answer.ack) await meta.put(answer.ack, 'ack');
    if (answer.anchor) await meta.put(answer.anchor, 'anchor');
    for (const verdict of answer.said) await putSaid(open, verdict);
    if (answer.page) await takePage(open, answer.page);
  });
}

/** A verdict of the push never takes the tick away that the feed has already said. */
async function putSaid(tx: FeedTx, said: StoredVerdict): Promise<void> {
  const verdicts = tx.objectStore('verdicts');
  const known = await verdicts.get(said.hash);
  if (known?.tick == null && said.verdict !== 'duplicate') await verdicts.put(said);
}

async function takePage(tx: FeedTx, page: Page): Promise<void> {
  const meta = tx.objectStore('meta');
  const pull = ((await meta.get('pull')) as Pull | undefined) ?? NOTHING;
  if (cursorOf(pull) !== page.sent) throw new StalePage(page.cursor);
  if (page.reset || pull.staging) await meta.put(await stage(tx, pull, page), 'pull');
  else await meta.put(await apply(tx, page), 'pull');
}

async function apply(tx: FeedTx, page: Page): Promise<Pull> {
  const rows = tx.objectStore('rows');
  await Promise.all([
    ...page.upserts.map((row) => rows.put(row)),
    ...page.evicts.map((key) => rows.delete([key[0], key[1]])),
    ...page.verdicts.map((verdict) => tx.objectStore('verdicts').put(verdict)),
  ]);
  return { epoch: page.epoch, cursor: page.cursor, staging: null };
}

async function stage(tx: FeedTx, pull: Pull, page: Page): Promise<Pull> {
  const staged = tx.objectStore('staged');
  // A new reset, or one of yet another epoch, begins with nothing.
  if (pull.staging?.epoch !== page.epoch || page.sent !== pull.staging.cursor) await staged.clear();
  const key = (row: { etype: string; eid: string }) => `row ${row.etype} ${row.eid}`;
  await Promise.all([
    ...page.upserts.map((row) => staged.put({ id: key(row), row })),
    ...page.evicts.map(([etype, eid]) => staged.delete(key({ etype, eid }))),
    ...page.verdicts.map((verdict) => staged.put({ id: `verdict ${verdict.hash}`, verdict })),
  ]);
  if (page.complete) {
    await swapIn(tx, await staged.getAll());
    return { epoch: page.epoch, cursor: page.cursor, staging: null };
  }
  return { ...pull, staging: { epoch: page.epoch, cursor: page.cursor } };
}

async function swapIn(tx: FeedTx, staged: readonly Staged[]): Promise<void> {
  const rows = tx.objectStore('rows');
  const verdicts = tx.objectStore('verdicts');
  await Promise.all([rows.clear(), verdicts.clear(), tx.objectStore('staged').clear()]);
  await Promise.all(
    staged.map(({ row, verdict }) =>
      row ? rows.put(row) : verdict ? verdicts.put(verdict) : undefined,
    ),
  );
}
