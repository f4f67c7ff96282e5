/** Who holds which cash, by the phone's own log alone. No row of the feed can change it. */

import { cashOf } from './books';
import type { OwnEvent } from './overlay';

/**
 * The cash in the officer's hand in fen: receipts, less voids, less what was counted off her.
 *
 * A receipt counts whatever its verdict, for its cash was taken, unless a supervisor has ruled
 * that it was not. A void counts unless it was quarantined or ruled void, once for each receipt,
 * and only for a receipt of this log.
 */
export function handFen(log: readonly OwnEvent[], countedTotalFen = 0): number {
  const voided = new Set(
    log
      .filter(({ kind, verdict }) => kind === 'cash.void' && !NO_VOID.has(verdict))
      .map(({ body }) => body.target),
  );
  const taken = log.filter(
    ({ kind, hash, verdict }) =>
      kind === 'cash.receipt' && verdict !== 'voided' && !voided.has(hash),
  );
  return taken.reduce((sum, { body }) => sum + (cashOf(body) ?? 0), 0) - countedTotalFen;
}

/**
 * The cash in her hand over all her phones, as far as this one knows: the server's sum as of a
 * tick, and what of this log is not in it yet; see sync/custody.py.
 */
export function handOfAll(totalFen: number, asOf: number, log: readonly OwnEvent[]): number {
  const within = log.filter(({ tick }) => tick != null && tick <= asOf);
  return totalFen + handFen(log) - handFen(within);
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
