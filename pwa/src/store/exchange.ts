/**
 * One request to the server, and what may be believed of its answer.
 *
 * Status 200 proves nothing: a hotel's sign-in page answers 200 too. An answer counts when its
 * mark, made with the secret of enrolment over all of it, holds, and it answers this request.
 */

import { fromUtf8, gzip, hmac, sha256, utf8 } from '../device/bytes';
import { signBytes } from '../device/keys';
import { Trouble } from '../device/trouble';
import { canonicalBytes } from '../sync/canonical';
import { unpack } from '../sync/columns';
import { BATCH_EVENTS_MAX, nextBatch, packBatch } from '../sync/lane';
import type { StoredEvent, StoredRow, StoredVerdict } from './db';
import type { Page } from './feed';
import { byLane } from './lanes';
import type { Identity } from './meta';
import { inBuckets } from './repair';
import type { Transfer } from './transfer';
import { PROJECTION } from './wire';
import type {
  Pulling,
  Push,
  Repair,
  Said,
  SyncAnswer,
  SyncRequest,
  Took,
  WirePage,
  WireRow,
} from './wire';

export { BATCH_EVENTS_MAX };

/** Bytes of one page down: first sync of 300 households is one page. */
const PAGE_BYTES = 1_000_000;

export interface Credentials {
  readonly identity: Identity;
  /** null after a wipe, until the phone may record again and has made a new one. */
  readonly key: CryptoKeyPair | null;
}

/**
 * The next batch: oldest first, consecutive events of one lane, one officer and one build.
 *
 * A new key begins a batch of its own, for the signature of the last event vouches for all of
 * its batch and must be of one key.
 */
export function batchOf(unsent: readonly StoredEvent[], limit: number): readonly StoredEvent[] {
  const [first] = unsent;
  const end = unsent.findIndex(
    ({ lane, seq, event }, at) =>
      lane !== first?.lane || seq !== first.seq + at || (at > 0 && event.kind === 'key.rotated'),
  );
  const upTo = unsent.slice(0, end < 0 ? limit : Math.min(limit, end));
  return upTo.slice(0, nextBatch(upTo.map(({ event }) => event)).length);
}

export async function pushOf(batch: readonly StoredEvent[]): Promise<Push | null> {
  const last = batch.at(-1);
  if (!last) return null;
  const first = batch[0]?.event;
  const new_key = first?.kind === 'key.rotated' ? String(first.body.public_key) : null;
  return { ...(await packBatch(batch, last.sig)), ...(new_key === null ? {} : { new_key }) };
}

export async function proofOf(
  who: Credentials,
  body: Uint8Array<ArrayBuffer>,
  resume: boolean,
): Promise<Record<string, string>> {
  const device = { 'Doorstep-Device': who.identity.device };
  if (resume || !who.key) {
    return { ...device, 'Doorstep-Resume': await hmac(who.identity.ack_secret, body) };
  }
  return { ...device, 'Doorstep-Signature': await signBytes(who.key, body) };
}

export const pullOf = (cursor: string | null, repair: Repair | null = null): Pulling => ({
  cursor,
  limit_bytes: PAGE_BYTES,
  projection: PROJECTION,
  repair,
});

/** Sign the plain bytes, then pack them. */
export async function letterOf(request: SyncRequest, who: Credentials, resume: boolean) {
  const body = utf8(JSON.stringify(request));
  const headers = {
    'Content-Type': 'application/json',
    'Content-Encoding': 'gzip',
    ...(await proofOf(who, body, resume)),
  };
  return { body: await gzip(body), headers };
}

/** The answer to this request, from our server and no other; anything else changes nothing. */
export async function readSync(
  plain: Uint8Array<ArrayBuffer>,
  req_id: string,
  secret: string,
): Promise<SyncAnswer> {
  const [page = '', said = '', mark = '', ...more] = linesOf(plain);
  if (more.length > 0 || !/^[0-9a-f]{64}$/.test(mark)) throw new Trouble('not_our_server');
  if ((await hmac(secret, utf8(`${page}\n${said}`))) !== mark) throw new Trouble('mac_wrong');
  const answer = { page: JSON.parse(page) as WirePage | null, said: JSON.parse(said) as Said };
  if (answer.said.req_id !== req_id) throw new Trouble('not_our_server');
  return answer;
}

/** Three lines, the last of which may end in a line feed. */
function linesOf(plain: Uint8Array<ArrayBuffer>): string[] {
  try {
    return fromUtf8(plain).replace(/\n$/, '').split('\n');
  } catch {
    throw new Trouble('not_our_server');
  }
}

/** The verdicts that `took` gives to the events of the request, in their order. For the eye. */
export function tookOf(took: Took | null, hashes: readonly string[]): StoredVerdict[] {
  const said = (took ?? []).flatMap(([count, verdict, reason, needs]) =>
    Array.from({ length: count }, () => ({ verdict, reason, needs, tick: null })),
  );
  // Word of more or fewer events than were sent is word of none.
  if (said.length !== hashes.length) return [];
  return hashes.map((hash, at) => ({ hash, ...said[at]! }));
}

/**
 * The verdicts of a page, on events that are our own.
 *
 * A run at the place of an event that the server holds (not in `unsent`) speaks of it, for there is
 * no other there; of the rest it speaks if its last event is ours, and else of a copy's.
 */
export function verdictsOf(
  { verdicts, alone }: WirePage,
  log: readonly StoredEvent[],
  unsent: ReadonlySet<string>,
): StoredVerdict[] {
  const lanes = byLane(log);
  const runs = verdicts.flatMap(([lane, its]) => {
    const bySeq = new Map(lanes.get(lane)?.map((event) => [event.seq, event.hash]));
    return its.flatMap(([from, to, hash16, tick, verdict, reason, needs]) => {
      const isOurs = bySeq.get(to)?.startsWith(hash16);
      const hashes = [...bySeq]
        .filter(([seq, hash]) => seq >= from && seq <= to && (isOurs || !unsent.has(hash)))
        .map(([, hash]) => hash);
      return hashes.map((hash) => ({ hash, verdict, reason, needs, tick }));
    });
  });
  const own = new Set(log.map(({ hash }) => hash));
  const single = alone.map(([hash, tick, verdict, reason, needs]) => ({
    hash, verdict, reason, needs, tick,
  }));
  return [...runs, ...single.filter(({ hash }) => own.has(hash))];
}

export async function sumOf(row: object): Promise<string> {
  return sha256(canonicalBytes(row));
}

/** What one page changes on this phone. Every hash is made here, before any transaction. */
export async function pageOf(
  { page, said }: SyncAnswer,
  { cursor }: Pick<Transfer, 'cursor'>,
  log: readonly StoredEvent[],
  held: readonly StoredRow[],
  unsent: ReadonlySet<string>,
): Promise<Page | null> {
  if (!page) return null;
  const rows = unpack(page.rows) as unknown as WireRow[];
  const kept = rows.filter((row) => row.op === 'upsert');
  const upserts = kept.map(async ({ etype, eid, tick, row }): Promise<StoredRow> => {
    const fields = row ?? {};
    return { etype, eid, tick, row: fields, sum: await sumOf(fields) };
  });
  const gone = rows.filter((row) => row.op === 'evict');
  return {
    sent: cursor,
    epoch: said.epoch,
    reset: page.reset,
    upserts: await Promise.all(upserts),
    evicts: [
      ...gone.map(({ etype, eid }) => [etype, eid] as const),
      ...(page.repair ? await inBuckets(page.repair, held) : []),
    ],
    verdicts: verdictsOf(page, log, unsent),
    cursor: page.cursor,
    complete: page.complete,
  };
}
