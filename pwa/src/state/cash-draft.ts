/** The input of a receipt while it is typed: text, until it is an amount. */

import { allocate } from '../sync/allocation';
import type { Split } from '../sync/allocation';
import { parseYuan } from '../sync/amounts';
import { PARTS } from '../sync/parts';
import type { Part } from '../sync/parts';
import type { LoanRow } from './rows';
import { shown } from './shown';
import type { VisitDraft } from './visits';

export interface CashDraft {
  readonly amount: string;
  readonly payer_name: string;
  readonly payer_role: string;
  readonly method: Method;
  /** The number of the transfer or the cheque. */
  readonly evidence_no: string;
}

export type Method = 'cash' | 'transfer' | 'cheque';

/** What the branch takes: all of them, or no cash. */
export const methodsOf = (takesCash: boolean): readonly Method[] =>
  takesCash ? ['cash', 'transfer', 'cheque'] : ['transfer', 'cheque'];

/** Who was met pays, most of the time. */
export function blankCash(loan: LoanRow, { met, met_name }: VisitDraft): CashDraft {
  const payer_role = met && met !== 'nobody' ? met : 'debtor';
  const payer_name = payer_role === 'debtor' ? loan.borrower_name : met_name;
  const [method = 'cash'] = methodsOf(shown.settings.value.takes_cash ?? true);
  return { amount: '', payer_name, payer_role, method, evidence_no: '' };
}

/** The fen of what was typed, or null while it is no amount. */
export function fenOf(typed: string): number | null {
  try {
    return parseYuan(typed);
  } catch {
    return null;
  }
}

/** A value for each part of a debt. */
export function eachPart<T>(value: (part: Part) => T): Record<Part, T> {
  return Object.fromEntries(PARTS.map((part) => [part, value(part)])) as Record<Part, T>;
}

/** What the payment pays, by the setting and the balance shown. The office decides differences. */
export const splitOf = (loan: LoanRow, fen: number): Split =>
  allocate(fen, eachPart((part) => loan[`${part}_fen`] ?? null), shown.settings.value.allocation);
