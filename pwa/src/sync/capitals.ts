/** Amounts in capitals (大写) for receipts, and plain numerals for sentences. */

import { Problem } from './problems';

const CAPITAL = ['零壹贰叁肆伍陆柒捌玖', ['', '拾', '佰', '仟']] as const;
const PLAIN = ['零一二三四五六七八九', ['', '十', '百', '千']] as const;
const GROUPS = ['', '万', '亿'] as const;

/** Twelve digits of yuan, three groups of four. More money than any branch holds. */
export const CAPITALS_FEN_MAX = 999_999_999_999_99;

type Numerals = typeof CAPITAL | typeof PLAIN;

/** An amount in fen as it stands on a receipt: 1_006_50 is 壹仟零陆元伍角整. */
export function capitals(fen: number): string {
  requireRange(fen, CAPITALS_FEN_MAX);
  const yuan = Math.floor(fen / 100);
  const jiao = Math.floor(fen / 10) % 10;
  const single = fen % 10;
  const digit = (n: number): string => CAPITAL[0].charAt(n);
  let words = yuan > 0 || fen === 0 ? `${numeral(yuan, CAPITAL)}元` : '';
  if (jiao > 0) words += `${digit(jiao)}角`;
  else if (single > 0 && yuan > 0) words += '零';
  return words + (single > 0 ? `${digit(single)}分` : '整');
}

/** A count as it stands in a sentence: 4 is 四, 10 is 十, 12 is 十二, 120 is 一百二十. */
export function chineseNumber(count: number): string {
  requireRange(count, Math.floor(CAPITALS_FEN_MAX / 100));
  return numeral(count, PLAIN).replace(/^一十/, '十');
}

function numeral(count: number, numerals: Numerals): string {
  if (count === 0) return '零';
  let words = '';
  for (const index of [2, 1, 0]) {
    const group = Math.floor(count / 10_000 ** index) % 10_000;
    if (group === 0) continue;
    const above = Math.floor(count / 10_000 ** (index + 1)) % 10_000;
    // A gap before this group is read as one zero, however many digits it has.
    if (words && (group < 1000 || above === 0)) words += '零';
    words += fourDigits(group, numerals) + (GROUPS[index] ?? '');
  }
  return words;
}

function fourDigits(group: number, [digits, places]: Numerals): string {
  let words = '';
  let gap = false;
  for (const place of [3, 2, 1, 0]) {
    const digit = Math.floor(group / 10 ** place) % 10;
    if (digit > 0) words += (gap ? '零' : '') + digits.charAt(digit) + (places[place] ?? '');
    gap = digit === 0 && words !== '';
  }
  return words;
}

function requireRange(count: number, max: number): void {
  if (!Number.isSafeInteger(count) || count < 0 || count > max) {
    throw new Problem('amount_invalid', { rule: 'capitals_range' });
  }
}
