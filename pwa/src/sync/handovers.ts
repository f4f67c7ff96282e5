/** Cash that goes from hand to hand: what both sides say of it. Mirrors sync/handovers.py. */

import type { Body, Fault } from './fields';

/** The pieces that are counted, by their worth in fen, in the order of counting. */
export const PIECES_FEN = [10000, 5000, 2000, 1000, 500, 100, 50, 10] as const;

export type Pieces = Readonly<Record<string, number>>;

/** The worth in fen of pieces by their own worth: {"10000": 7}. */
export const piecesFen = (pieces: Pieces): number =>
  Object.entries(pieces).reduce((sum, [piece, count]) => sum + Number(piece) * count, 0);

/** The faults between the fields of either side: the sum, the difference, and its cause. */
export function checkHandover(body: Body): readonly Fault[] {
  const [amount, expected] = [Number(body.amount_fen), Number(body.expected_fen)];
  const broken = (field: string, value: unknown, rule: string): readonly Fault[] => [
    { field, value, rule, reason: 'body_invalid' },
  ];
  if (piecesFen(body.denominations as Pieces) !== amount) {
    return broken('amount_fen', amount, 'pieces_sum_to_amount');
  }
  const variance = body.variance_fen ?? amount - expected;
  if (variance !== amount - expected) {
    return broken('variance_fen', variance, 'counted_less_expected');
  }
  return variance !== 0 && body.cause === null ? broken('cause', null, 'cause_of_variance') : [];
}
