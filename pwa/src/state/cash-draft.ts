/** The input of a receipt while it is typed: text, until it is an amount. */

import { allocate } from '../sync/allocation';
import type { Split } from '../sync/allocation';
import { parseYuan } from '../sync/amounts';
import type { LoanRow } from './rows';
import { shown } from './shown';

export type PartName = 'principal' | 'interest' | 'penalty' | 'cost';

export interface CashDraft {
  readonly amount: string;
  readonly payer_name: string;
  readonly payer_role: string;
  /** Typed by the officer instead of the proposed split; then a reason is asked. */
  readonly parts: Readonly<Record<PartName, string>> | null;
  readonly split_reason: string;
}

/** The fen of what was typed, or null while it is no amount. */
export function fenOf(typed: string, zeroOk = false): number | null {
  try {
    return parseYuan(typed, { zeroOk });
  } catch {
    return null;
  }
}

/** What the payment pays: as the setting proposes from the balance shown, or as typed. */
export function splitOf(loan: LoanRow, fen: number, draft: CashDraft): { split: Split; sum: number } {
  const split = draft.parts ? typedSplit(draft.parts) : proposed(loan, fen);
  const { principal, interest, penalty, cost } = split;
  return { split, sum: principal + interest + penalty + cost };
}

export function proposed(loan: LoanRow, fen: number): Split {
  const { principal_fen, interest_fen, penalty_fen, cost_fen } = loan;
  const due = {
    principal: principal_fen,
    interest: interest_fen ?? null,
    penalty: penalty_fen ?? null,
    cost: cost_fen ?? null,
  };
  return allocate(fen, due, shown.settings.value.allocation);
}

function typedSplit(parts: Readonly<Record<PartName, string>>): Split {
  const fen = (typed: string): number => fenOf(typed || '0', true) ?? 0;
  return {
    principal: fen(parts.principal),
    interest: fen(parts.interest),
    penalty: fen(parts.penalty),
    cost: fen(parts.cost),
  };
}
