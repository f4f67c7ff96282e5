/**
 * One request to the server, and what may be believed of its answer.
 *
 * Status 200 proves nothing: a hotel's sign-in page answers 200 too. An answer counts when it
 * echoes the request and its acknowledgement carries the MAC of the secret from enrolment.
 */

import { fromUtf8, gzip, hmac, sha256, utf8 } from '../device/bytes';
import { signBytes } from '../device/keys';
import type { Answer, Ask } from '../device/line';
import { Trouble } from '../device/trouble';
import type { Refusal } from '../device/trouble';
import { canonicalBytes } from '../sync/canonical';
import { ZERO_HASH } from '../sync/events';
import { BATCH_EVENTS_MAX, nextBatch, packBatch } from '../sync/lane';
import type { StoredEvent, StoredRow, StoredVerdict } from './db';
import type { Absorbed } from './feed';
import type { Ack, Identity } from './meta';
import type { PullPage, Push, SyncAnswer, SyncRequest, WireVerdict } from './wire';

export { BATCH_EVENTS_MAX };

/** Bytes of one page down: first sync of 300 households is one page. */
const PAGE_BYTES = 1_000_000;

export interface Credentials {
  readonly identity: Identity;
  /** null after a wipe, until the phone may record again and has made a new one. */
  readonly key: CryptoKeyPair | null;
}

/**
 * The next batch: oldest first, one officer and one build, at most `limit`.
 *
 * A new key begins a batch of its own, for the signature of the last event vouches for all of
 * its batch and must be of one key.
 */
export function batchOf(unsent: readonly StoredEvent[], limit: number): readonly StoredEvent[] {
  const newKey = unsent.findIndex(({ event }, at) => at > 0 && event.kind === 'key.rotated');
  const upTo = unsent.slice(0, newKey < 0 ? limit : Math.min(limit, newKey));
  return upTo.slice(0, nextBatch(upTo.map(({ event }) => event)).length);
}

export function pushOf(batch: readonly StoredEvent[]): Push | null {
  const last = batch.at(-1);
  if (!last) return null;
  const events = batch.map(({ event }) => event);
  const [first] = events;
  const new_key = first?.kind === 'key.rotated' ? String(first.body.public_key) : null;
  return { ...packBatch(events, last.sig), ...(new_key === null ? {} : { new_key }) };
}

/** Until the server has the new key of a wiped phone, the secret of enrolment vouches for us. */
export function needsResume(unsent: readonly StoredEvent[]): boolean {
  return unsent.some(({ event }) => event.kind === 'key.rotated');
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

export const pullOf = (cursor: string | null) => ({ cursor, limit_bytes: PAGE_BYTES });

/** Sign the plain bytes, then pack them. */
export async function askSync(
  request: SyncRequest,
  who: Credentials,
  resume: boolean,
): Promise<Ask> {
  const body = utf8(JSON.stringify(request));
  const headers = {
    'Content-Type': 'application/json',
    'Content-Encoding': 'gzip',
    ...(await proofOf(who, body, resume)),
  };
  return { method: 'POST', path: '/v1/sync', body: await gzip(body), headers };
}

/** The JSON of an answer of ours; refuses pages of others, and refusals by their code. */
export function readJson(answer: Answer): unknown {
  if (!answer.whole) throw new Trouble('no_signal');
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(answer.bytes));
  } catch {
    throw new Trouble(answer.status < 500 ? 'not_our_server' : 'server_down');
  }
  if (answer.status < 300) return value;
  const refusal = value as Refusal;
  const retryAfterMs = waitAsked(answer);
  throw new Trouble(refusal?.code ?? 'server_down', { refusal, retryAfterMs });
}

/** How long the server asks us to stay away, in milliseconds. */
function waitAsked({ headers }: Answer): number | null {
  const wait = Number(headers['retry-after'] ?? NaN);
  return Number.isFinite(wait) ? wait * 1000 : null;
}

/** The answer to this request, from our server and no other; anything else changes nothing. */
export async function readSync(
  answer: Answer,
  request: SyncRequest,
  secret: string,
): Promise<SyncAnswer> {
  const said = readJson(answer) as Partial<SyncAnswer> | null;
  if (said?.req_id !== request.req_id) throw new Trouble('not_our_server');
  const { ack, epoch } = said as SyncAnswer;
  if (!ack) {
    if (request.push) throw new Trouble('mac_wrong');
    return said as SyncAnswer;
  }
  const claim = [ack.lane, ack.head_seq, ack.head_hash, epoch, request.req_id].join('|');
  if ((await hmac(secret, utf8(claim))) !== ack.mac) throw new Trouble('mac_wrong');
  return said as SyncAnswer;
}

/**
 * How far the server has our lane. Compared by hash: a number alone would confirm an event that
 * the server never saw. Another hash at our number means that two histories exist.
 */
export function ackOf(said: SyncAnswer, known: Ack, log: readonly StoredEvent[]): Ack | null {
  const { ack, epoch } = said;
  const start: Ack = { epoch, seq: 0, hash: ZERO_HASH };
  const base = known.epoch === epoch ? known : start;
  if (!ack || ack.head_seq <= base.seq) return base === known ? null : base;
  const ours = log.find((event) => event.seq === ack.head_seq && event.lane === ack.lane);
  if (ours?.hash !== ack.head_hash) throw new Trouble('lane_forked');
  return { epoch, seq: ack.head_seq, hash: ack.head_hash };
}

const verdictOf = (said: WireVerdict, tick: number | null): StoredVerdict => ({
  hash: said.hash,
  verdict: said.first ?? said.verdict,
  reason: said.reason ?? null,
  tick,
});

export async function sumOf(row: object): Promise<string> {
  return sha256(canonicalBytes(row));
}

/** What one answer changes on this phone. Every hash is made here, before any transaction. */
export async function absorbedFrom(
  said: SyncAnswer,
  request: SyncRequest,
  ack: Ack | null,
): Promise<Absorbed> {
  const { pull, epoch, anchor } = said;
  const base = { ack, anchor, said: said.verdicts.map((verdict) => verdictOf(verdict, null)) };
  if (!pull || 'error' in pull) return { ...base, page: null };
  const kept = pull.rows.filter((row) => row.op === 'upsert');
  const upserts = kept.map(async ({ etype, eid, tick, row }): Promise<StoredRow> => {
    const fields = row ?? {};
    return { etype, eid, tick, row: fields, sum: await sumOf(fields) };
  });
  const page = {
    sent: request.pull?.cursor ?? null,
    epoch,
    reset: pull.reset,
    upserts: await Promise.all(upserts),
    evicts: pull.rows
      .filter((row) => row.op === 'evict')
      .map(({ etype, eid }) => [etype, eid] as const),
    verdicts: pull.verdicts.map((verdict) => verdictOf(verdict, verdict.tick ?? null)),
    cursor: pull.cursor,
    complete: pull.complete,
  };
  return { ...base, page };
}

/** Do our rows agree with the server's, type by type? Hashes of content, not counts. */
export async function agrees(
  digest: PullPage['digest'],
  rows: readonly StoredRow[],
): Promise<boolean> {
  for (const [etype, expected] of Object.entries(digest ?? {})) {
    const lines = rows
      .filter((row) => row.etype === etype)
      .map(({ eid, sum }) => `${eid}:${sum}\n`)
      .sort();
    if ((await sha256(utf8(lines.join('')))) !== expected) return false;
  }
  return true;
}

/** A photo travels after the event that names it, under its hash. */
export async function askAttachment(
  sum: string,
  bytes: Uint8Array<ArrayBuffer>,
  who: Credentials,
): Promise<Ask> {
  const proof = await proofOf(who, bytes, false);
  const headers = { 'Content-Type': 'image/jpeg', ...proof };
  return { method: 'PUT', path: `/v1/attachments/${sum}`, body: bytes, headers };
}

