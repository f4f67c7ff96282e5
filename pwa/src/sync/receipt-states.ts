/** The honest states of a receipt: one sign each. sync/receipt_states.py says more. */

import { indexOf } from './receipts';
import type { Book } from './receipts';

/** Paths of an SVG of 16 by 16. All but the last two have a ring around them. */
export const SIGNS = {
  phone: '',
  server: 'M8 8V1a7 7 0 0 1 7 7z',
  evidence: 'M8 1a7 7 0 0 1 0 14z',
  counted: 'M8 8V1a7 7 0 1 1-7 7z',
  posted: 'M8 1a7 7 0 0 1 0 14a7 7 0 0 1 0-14z',
  voided: 'M2 4l2-2 4 4 4-4 2 2-4 4 4 4-2 2-4-4-4 4-2-2 4-4z',
  doubted: 'M6.5 1h3v9h-3zM6.5 12h3v3h-3z',
};

export type ReceiptState = keyof typeof SIGNS;

/** One character a number in the row of a book; the loudest first. */
const STATES: Readonly<Record<string, ReceiptState>> = {
  '?': 'doubted',
  p: 'posted',
  c: 'counted',
  e: 'evidence',
  s: 'server',
  v: 'voided',
};

export interface Facts {
  /** applied, quarantined, or any word for what is undone: it counts as void. */
  readonly row: string;
  readonly photos_missing: number;
  readonly is_counted: boolean;
  readonly is_posted: boolean;
}

/** The state of a receipt that has reached the server, from the facts of its row. */
export function receiptState(facts: Facts): ReceiptState {
  if (facts.row !== 'applied') return facts.row === 'quarantined' ? 'doubted' : 'voided';
  if (facts.is_posted) return 'posted';
  if (facts.is_counted) return 'counted';
  return facts.photos_missing ? 'server' : 'evidence';
}

/** The marks of a book from its first number on; what is unknown at the end is left out. */
export function marksOf(book: Book, states: readonly (readonly [string, ReceiptState])[]): string {
  const loudest = Object.keys(STATES);
  const rankOf = (mark: string) => loudest.indexOf(mark);
  const found = new Map<number, string>();
  for (const [receiptNo, state] of states) {
    const n = indexOf(book, receiptNo);
    const mark = loudest.find((one) => STATES[one] === state);
    if (n === null || mark === undefined) continue;
    const had = found.get(n);
    if (had === undefined || rankOf(mark) < rankOf(had)) found.set(n, mark);
  }
  const length = Math.max(book.from_no - 1, ...found.keys()) - book.from_no + 1;
  return Array.from({ length }, (_, at) => found.get(book.from_no + at) ?? '.').join('');
}

/**
 * The state of a slip of this phone, by what the feed has said of it (null while it is here only)
 * and by its mark in the row of its book. A void, a doubt and "not yet sent" are known by the
 * verdict, whatever an older row says.
 */
export function slipState(verdict: string | null, mark: string | null | undefined): ReceiptState {
  if (verdict === null) return 'phone';
  if (verdict === 'voided') return 'voided';
  if (verdict === 'quarantined' || verdict === 'parked') return 'doubted';
  return STATES[mark ?? ''] ?? 'server';
}
