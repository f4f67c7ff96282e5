/** Amounts as people type and read them: yuan with at most two decimals. Inside, integer fen. */

import { AMOUNT_FEN_MAX } from './fields';
import { Problem } from './problems';

export interface AmountLimits {
  readonly maxFen?: number;
  readonly zeroOk?: boolean;
}

/**
 * The fen of an amount that was typed in yuan: '600.5' is 60_050.
 *
 * Spaces around it and full-width digits are taken; thousands separators, signs and exponents are
 * not. Refuses `amount_invalid` with the rule: empty, digits_only, leading_zero, two_decimals,
 * positive, limit.
 */
export function parseYuan(text: string, limits: AmountLimits = {}): number {
  const { maxFen = AMOUNT_FEN_MAX, zeroOk = false } = limits;
  const typed = halfWidth(text.replace(/^[ \t\u3000]+|[ \t\u3000]+$/g, ''));
  const read = readFen(typed);
  const fen = typeof read === 'string' ? 0 : read;
  let rule = typeof read === 'string' ? read : null;
  if (rule === null && fen === 0 && !zeroOk) rule = 'positive';
  if (rule === null && fen > maxFen) rule = 'limit';
  if (rule !== null) {
    throw new Problem('amount_invalid', { text: [...text].slice(0, 40).join(''), rule });
  }
  return fen;
}

/** An amount in fen as yuan: whole yuan without decimals ('600'), else two ('600.50'). */
export function formatYuan(fen: number): string {
  const whole = Math.abs(fen);
  const rest = whole % 100;
  const yuan = `${fen < 0 ? '-' : ''}${Math.floor(whole / 100)}`;
  return rest > 0 ? `${yuan}.${String(rest).padStart(2, '0')}` : yuan;
}

/** The fen, or the rule that the text breaks. */
function readFen(typed: string): number | string {
  if (typed === '') return 'empty';
  const isNegative = /^-[0-9]+(\.[0-9]*)?$/.test(typed);
  if (isNegative) return 'positive';
  const form = /^([0-9]+)(?:\.([0-9]+))?$/.exec(typed);
  if (!form) return 'digits_only';
  const [, yuan = '', decimals = ''] = form;
  if (yuan.length > 1 && yuan.startsWith('0')) return 'leading_zero';
  if (decimals.length > 2) return 'two_decimals';
  if (yuan.length > 13) return 'limit';
  return Number(yuan) * 100 + Number(decimals.padEnd(2, '0'));
}

/** A Chinese keyboard gives these without being asked; their meaning is not in doubt. */
function halfWidth(text: string): string {
  return text.replace(/[０-９．]/g, (c) => (c === '．' ? '.' : String(c.charCodeAt(0) - 0xff10)));
}
