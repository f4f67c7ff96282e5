/** How a payment is split over the parts of one debt. */

import { PARTS } from './parts';
import type { Part } from './parts';
import { Problem } from './problems';

/** Civil Code art. 561: costs, interest (penalty interest is interest), principal. A setting. */
export const DEFAULT_ORDER: readonly Part[] = ['cost', 'penalty', 'interest', 'principal'];

export type Split = Readonly<Record<Part, number>>;

/**
 * Split a payment in fen over the parts of a debt; what is left after all that is due goes to
 * principal. A part that is not known (null) or overpaid gets nothing. The parts sum to the total.
 */
export function allocate(
  totalFen: number,
  due: Readonly<Partial<Record<Part, number | null>>>,
  order: readonly string[] = DEFAULT_ORDER,
): Split {
  if (totalFen < 1) throw new Problem('amount_invalid', { rule: 'positive' });
  if ([...order].sort().join() !== [...PARTS].sort().join()) {
    throw new Problem('allocation_order_invalid', { order: order.join() });
  }
  const parts = { principal: 0, interest: 0, penalty: 0, cost: 0 };
  let left = totalFen;
  for (const part of order as readonly Part[]) {
    parts[part] = Math.min(left, Math.max(0, due[part] ?? 0));
    left -= parts[part];
  }
  parts.principal += left;
  return parts;
}
