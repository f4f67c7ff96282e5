/**
 * One request on its way and its answer, through a line that may break anywhere.
 *
 * What has travelled is kept on both sides, and nothing that has come is sent twice
 * (docs/protocol.md 10): the body goes on at the offset that the server tells, the answer at the
 * byte that we tell. All of it lies in the database, so that a page that is killed loses one piece.
 */

import { inflateAfter, join } from '../device/bytes';
import type { Answer, Line } from '../device/line';
import { Trouble } from '../device/trouble';
import { readJson, readOffset } from './answers';
import type { Db } from './db';
import type { Incident } from './meta';
import { keep } from './meta';

type Bytes = Uint8Array<ArrayBuffer>;

export interface Transfer {
  readonly req_id: string;
  /** When it was begun, by this phone's clock. */
  readonly at: number;
  /** What the answer will be about: the events pushed, the cursor asked from, what was told. */
  readonly hashes: readonly string[];
  readonly cursor: string | null;
  readonly incidents: readonly Incident[];
  /** Who we are, and the proof. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes;
  /** It has been on its way once: the server may have some of it, or all. */
  sent: boolean;
  /** How much of the body the server has, as far as we know. */
  offset: number;
  /** The largest piece that is tried now. */
  piece: number;
  /** Plain bytes that came of the first answer. */
  plain: Bytes;
  /** Packed bytes that came behind those. */
  packed: Bytes;
}

export type Letter = Omit<Transfer, 'sent' | 'offset' | 'piece' | 'plain' | 'packed'>;

/** A body up to this size goes in one piece and is not kept; after a break no piece is larger. */
export const PIECE_BYTES_MAX = 4_096;
export const PIECE_BYTES_MIN = 512;

/** What a phone says of itself grows old; the server keeps answers for longer. */
export const TRANSFER_MS_MAX = 3_600_000;

/** Plain bytes that come between two savings: about one piece as it travels. */
const KEEP_PLAIN_BYTES = 65_536;

/** Once something has come through, it is tried more often. */
const STUCK_MAX = 3;

const NOTHING = new Uint8Array(0);

export function transferOf(letter: Letter): Transfer {
  const { length } = letter.body;
  const piece = Math.max(length, PIECE_BYTES_MAX);
  return { ...letter, sent: false, offset: 0, piece, plain: NOTHING, packed: NOTHING };
}

export interface Carrier {
  readonly db: Db;
  readonly line: Line;
}

/** The plain answer, all of it. Throws what went wrong; what has travelled is kept. */
export async function carry(by: Carrier, transfer: Transfer): Promise<Bytes> {
  let known = !transfer.sent;
  for (let stuck = 0; ; ) {
    const before = progressOf(transfer);
    let broken: unknown = null;
    try {
      const answer = await step(by, transfer, known);
      if (answer) return answer;
    } catch (error) {
      if (!(error instanceof Trouble && BREAKS.includes(error.code))) throw error;
      broken = error;
    }
    known = broken === null;
    stuck = progressOf(transfer) > before ? 0 : stuck + 1;
    if (stuck > patience(transfer)) throw broken ?? new Trouble('no_signal');
  }
}

/** How often it goes on at once without progress, rather than wait for a better hour. */
function patience(transfer: Transfer): number {
  if (progressOf(transfer) > 0) return STUCK_MAX;
  return isLarge(transfer) ? 1 : 0;
}

const BREAKS = ['no_signal', 'too_slow'];

/** Bytes that need not travel again, as far as we know. */
const progressOf = ({ offset, plain, packed }: Transfer): number =>
  offset + plain.length + packed.length;

const isLarge = ({ body }: Transfer): boolean => body.length > PIECE_BYTES_MAX;

/** The next request of a transfer. `known`: the offset was told just now, or nothing was sent. */
async function step(by: Carrier, transfer: Transfer, known: boolean): Promise<Bytes | null> {
  if (transfer.plain.length + transfer.packed.length > 0) return fetchRest(by, transfer);
  if (!known && isLarge(transfer)) {
    const { headers, req_id, body } = transfer;
    const named = { ...headers, 'Doorstep-Upload': req_id };
    const asked = { method: 'GET', path: '/v1/sync', body: null, headers: named } as const;
    const { offset, answered } = readOffset(await by.line(asked), body.length);
    transfer.offset = offset;
    if (answered) return fetchRest(by, transfer);
  }
  return sendPiece(by, transfer);
}

/** All of a new body, or the next piece of one that broke. */
async function sendPiece(by: Carrier, transfer: Transfer): Promise<Bytes | null> {
  const { req_id, body, offset, piece } = transfer;
  const upload = { 'Doorstep-Upload': `${req_id};${offset};${body.length}` };
  const headers = { ...transfer.headers, ...(isLarge(transfer) ? upload : {}) };
  const part = body.slice(offset, offset + piece);
  const was = { ...transfer };
  transfer.sent = true;
  transfer.piece = Math.max(PIECE_BYTES_MIN, Math.min(PIECE_BYTES_MAX, piece >> 1));
  if (isLarge(transfer)) await save(by, transfer);
  const keeper = keeperOf(by, transfer, 'plain', KEEP_PLAIN_BYTES);
  const asked = { method: 'POST', path: '/v1/sync', body: part, headers } as const;
  const answer = await by.line({ ...asked, onPart: keeper.take });
  await keeper.end();
  if (answer.status === 202 || answer.status === 409) {
    transfer.offset = readOffset(answer, body.length).offset;
    transfer.piece = Math.min(PIECE_BYTES_MAX, was.piece * 2);
  } else if (answer.whole) {
    if (answer.status !== 200) readJson(answer);
    return answer.bytes;
  } else if (answer.status === 200 && isOurs(answer.bytes)) {
    transfer.plain = answer.bytes;
  }
  await save(by, transfer);
  return null;
}

/** A page of rows, or the word that there is none; a hotel's page begins otherwise. */
const isOurs = ([first]: Bytes): boolean => first === 0x7b || first === 0x6e;

/** What is still missing of the answer, packed, from the byte that we have not. */
async function fetchRest(by: Carrier, transfer: Transfer): Promise<Bytes | null> {
  const { req_id, plain, packed } = transfer;
  const headers = {
    'Doorstep-Device': transfer.headers['Doorstep-Device'] ?? '',
    'Doorstep-Answer': `${req_id};${plain.length}`,
    Range: `bytes=${packed.length}-`,
  };
  const keeper = keeperOf(by, transfer, 'packed', PIECE_BYTES_MAX);
  const asked = { method: 'GET', path: '/v1/answer', body: null, headers } as const;
  const answer = await by.line({ ...asked, onPart: keeper.take });
  await keeper.end();
  const total = lengthOf(answer);
  transfer.packed = join([packed, answer.bytes]);
  if (transfer.packed.length < total) {
    await save(by, transfer);
    return null;
  }
  try {
    return join([plain, await inflateAfter(plain, transfer.packed)]);
  } catch {
    throw new Trouble('answer_gone');
  }
}

/** How long the packed answer is in all; a page of somebody else's says nothing of it. */
function lengthOf(answer: Answer): number {
  const total = Number(answer.headers['doorstep-length'] ?? NaN);
  if (answer.status === 206 && Number.isInteger(total)) return total;
  if (answer.status >= 300) readJson(answer);
  throw new Trouble('not_our_server');
}

/** Keeps what comes of an answer while it comes, for the page may be killed in the middle. */
function keeperOf(by: Carrier, transfer: Transfer, name: 'plain' | 'packed', every: number) {
  const parts: Bytes[] = [transfer[name]];
  let since = 0;
  let saving = Promise.resolve();
  return {
    take(part: Bytes): void {
      parts.push(part);
      since += part.length;
      if (since < every) return;
      since = 0;
      const kept = { ...transfer, [name]: join(parts) };
      if (name === 'packed' || isOurs(kept.plain)) {
        saving = saving.then(() => save(by, kept));
      }
    },
    end: () => saving,
  };
}

/** A full disk must not keep records on this phone: what cannot be kept costs bytes, no more. */
const save = ({ db }: Carrier, transfer: Transfer) =>
  keep(db, { transfer }).catch(() => undefined);
