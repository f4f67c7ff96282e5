/**
 * Cash from hand to hand without a signal: each side's signed record, shown as a code.
 *
 * Both records travel to the server by themselves, in any order (docs/protocol.md 8).
 */

import { utf8 } from '../device/bytes';
import { verifyHash } from '../device/keys';
import { Trouble } from '../device/trouble';
import { eventHash } from '../sync/canonical';
import type { Body, Envelope } from '../sync/events';
import { checkHandover, piecesFen } from '../sync/handovers';
import type { Pieces } from '../sync/handovers';
import type { StoredEvent } from '../store/db';
import { keep } from '../store/meta';
import type { Phone } from './phone';
import { newId, record } from './record';
import { shown } from './shown';

type Bytes = Uint8Array<ArrayBuffer>;

/** A side of a handover as a camera brought it. `isProved`: its phone's key is known here. */
export interface Side {
  readonly hash: string;
  readonly event: Envelope;
  readonly isProved: boolean;
  readonly message: string;
}

/** What one side has counted. */
export interface Counted {
  readonly pieces: Pieces;
  readonly cause: string;
}

type Lines = readonly string[];

/** The record as a message for the other phone's camera. */
export const messageOf = ({ event, sig }: StoredEvent): Bytes =>
  utf8(JSON.stringify({ v: 1, sig, event }));

/** Throws `not_a_handover` for what is none, `handover_forged` if its phone did not sign it. */
export async function readSide(bytes: Bytes): Promise<Side> {
  const message = new TextDecoder().decode(bytes);
  const { sig, event } = parse(message);
  const hash = await eventHash(event).catch(() => '');
  if (hash === '' || !isWhole(event.body)) throw new Trouble('not_a_handover');
  const known = shown.me.value?.keys?.[event.actor] ?? [];
  const holds = await Promise.all(known.map((key) => verifyHash(key, hash, sig)));
  // The lane of an officer may have a key that is not known here yet; a known one must not fail.
  if (known.length > 0 && !holds.includes(true)) throw new Trouble('handover_forged');
  return { hash, event, isProved: known.length > 0, message };
}

/** Enough to count by; the server asks the rest. The table of all kinds is not on the phone. */
function isWhole(body: Body): boolean {
  const { amount_fen: amount, expected_fen: expected, denominations } = body;
  const isFen = (fen: unknown) => Number.isSafeInteger(fen) && Number(fen) >= 0;
  const hasPieces = typeof denominations === 'object' && denominations !== null;
  return isFen(amount) && isFen(expected) && hasPieces && checkHandover(body).length === 0;
}

function parse(message: string): { readonly sig: string; readonly event: Envelope } {
  try {
    const said = JSON.parse(message) as { v: number; sig: string; event: Envelope };
    const isSide = said.v === 1 && /^custody\.(handed|taken)$/.test(said.event.kind);
    if (isSide && typeof said.sig === 'string') return said;
  } catch {
    // What is no JSON is no handover.
  }
  throw new Trouble('not_a_handover');
}

/** An own offer that nobody has confirmed yet, the newest; null if there is none. */
export function openOffer(phone: Phone): StoredEvent | null {
  const over = new Set(phone.proofs.value.map(({ handed }) => handed));
  const last = phone.log.value.findLast(({ event }) => event.kind === 'custody.handed');
  const verdict = last && phone.verdicts.value.get(last.hash)?.verdict;
  const isOver = verdict === 'applied' || verdict === 'voided';
  return last && !isOver && !over.has(last.hash) ? last : null;
}

/** All the cash in her hand is offered to somebody. */
export function handOver(phone: Phone, to: string, { pieces, cause }: Counted, lines: Lines) {
  const body = {
    to,
    amount_fen: piecesFen(pieces),
    expected_fen: shown.handFen.value,
    denominations: pieces,
    cause: cause.trim() || null,
    handover: newId(phone),
  };
  return record(phone, { facts: [{ kind: 'custody.handed', body }], lines });
}

/** An offer to this officer, which was not taken yet. Throws `handover_not_yours`. */
export function checkOffer(phone: Phone, side: Side): StoredEvent | null {
  const { event, hash } = side;
  const own = phone.identity.value?.officer.id;
  if (event.kind !== 'custody.handed' || event.body.to !== own || event.actor === own) {
    throw new Trouble('handover_not_yours');
  }
  const taken = phone.log.value.find(
    (one) => one.event.kind === 'custody.taken' && one.event.body.handed === hash,
  );
  return taken ?? null;
}

/** What was offered has been counted: from here on it is in this hand, or in the vault. */
export function takeOver(phone: Phone, offer: Side, { pieces, cause }: Counted, lines: Lines) {
  const amount_fen = piecesFen(pieces);
  const expected_fen = Number(offer.event.body.expected_fen);
  const body = {
    handed: offer.hash,
    from: offer.event.actor,
    into: shown.me.value?.is_cashier ? 'vault' : 'hand',
    amount_fen,
    expected_fen,
    denominations: pieces,
    variance_fen: amount_fen - expected_fen,
    cause: cause.trim() || null,
  };
  return record(phone, { facts: [{ kind: 'custody.taken', body }], lines });
}

/** Enough for more than a year of evenings. */
const PROOFS_MAX = 400;

/** The other side's word for our offer is kept: the cash is no longer ours. */
export async function takeProof(phone: Phone, side: Side): Promise<Side> {
  const { event, message } = side;
  const { handed, from } = event.body;
  const own = phone.log.value.find(({ hash }) => hash === handed);
  const isOurs = own?.event.kind === 'custody.handed' && from === own.event.actor;
  if (event.kind !== 'custody.taken' || !isOurs || own.event.body.to !== event.actor) {
    throw new Trouble('handover_not_yours');
  }
  const others = phone.proofs.value.filter((one) => one.handed !== handed);
  const proofs = [...others, { handed: own.hash, message, at: phone.clock.now() }];
  await keep(phone.db, { proofs: proofs.slice(-PROOFS_MAX) });
  phone.proofs.value = proofs.slice(-PROOFS_MAX);
  return side;
}
