/**
 * Who holds which cash, by the phone's own log alone. No row of the feed can change it.
 *
 * Only what other people confirm comes from outside: the cashier's counts, a colleague's word.
 */

import { cashOf, isByBank } from './books';
import type { OwnEvent } from './overlay';

/** No confirmation has been seen on this phone itself. */
const NONE: ReadonlySet<string> = new Set();

/**
 * The cash in the officer's hand in fen: what she took, less what was taken over from her.
 *
 * A receipt counts whatever its verdict, for its cash was taken, unless a supervisor has ruled
 * that it was not. A void counts unless it was quarantined or ruled void, once for each receipt,
 * and only for a receipt of this log; a transfer or a cheque is in no hand. What she has taken from
 * a colleague is hers as soon as she says so; what she has offered is hers until the other
 * side has said so, or is among the proofs.
 */
export function handFen(log: readonly OwnEvent[], countedTotalFen = 0, proofs = NONE): number {
  const moved = movedBy(log, proofs);
  return log.reduce((sum, event) => sum + moved(event), 0) - countedTotalFen;
}

/** What each event puts into the hand, in fen; negative for what leaves it. */
function movedBy(log: readonly OwnEvent[], proofs = NONE) {
  const voided = new Set(
    log
      .filter(({ kind, verdict }) => kind === 'cash.void' && !NO_VOID.has(verdict))
      .map(({ body }) => body.target),
  );
  return ({ kind, hash, body, verdict }: OwnEvent): number => {
    const counts = verdict !== 'voided';
    if (kind === 'cash.receipt' && counts && !voided.has(hash)) {
      return isByBank(body) ? 0 : (cashOf(body) ?? 0);
    }
    if (kind === 'custody.taken' && counts && body.into === 'hand') return Number(body.amount_fen);
    const isGone = kind === 'custody.handed' && (verdict === 'applied' || proofs.has(hash));
    return isGone ? -Number(body.expected_fen) : 0;
  };
}

/** The day on which the oldest cash still in the hand was taken, or null; see sync/custody.py. */
export function heldSince(log: readonly OwnEvent[], heldFen: number): string | null {
  const moved = movedBy(log);
  const came = log.map((event) => ({ day: event.occurred_on, fen: Math.max(moved(event), 0) }));
  let gone = came.reduce((sum, { fen }) => sum + fen, 0) - heldFen;
  if (heldFen <= 0) return null;
  return came.find(({ fen }) => (gone -= fen) < 0)?.day ?? null;
}

/**
 * The cash in her hand over all her phones, as far as this one knows: the server's sum as of a
 * tick, and what of this log is not in it yet; see sync/custody.py.
 */
export function handOfAll(
  totalFen: number,
  asOf: number,
  log: readonly OwnEvent[],
  proofs = NONE,
): number {
  const within = log.filter(({ kind, tick, verdict }) => {
    const told = tick != null && tick <= asOf;
    return told && (kind !== 'custody.taken' || verdict === 'applied');
  });
  return totalFen + handFen(log, 0, proofs) - handFen(within);
}

/** Under these verdicts a void undoes nothing. */
const NO_VOID: ReadonlySet<string | undefined> = new Set(['quarantined', 'voided']);

export interface CashLimits {
  readonly receipt_max_fen: number;
  readonly hand_max_fen: number;
}

/** The problem code that stops a receipt before the cash changes hands, or null. */
export function checkMayTake(amountFen: number, heldFen: number, limits: CashLimits) {
  if (amountFen > limits.receipt_max_fen) return 'over_receipt_limit';
  return heldFen + amountFen > limits.hand_max_fen ? 'over_hand_limit' : null;
}
