/** Receipt books: a block of numbers on one lane, used in order, each once (R23). */

import { checkCharacters } from './crockford';
import { Problem } from './problems';

/** A block of receipt numbers, as the feed brings it: SJ, 101 to 150, width 6 is SJ000101 on. */
export interface Book {
  readonly prefix: string;
  readonly from_no: number;
  readonly to_no: number;
  readonly width: number;
}

const BOOK_NUMBERS_MAX = 10_000;
const WIDTH_MAX = 12;

/** The book itself. Refuses `book_invalid` for a range that is empty, too long or too wide. */
export function requireBook(book: Book): Book {
  const rule = brokenRule(book);
  if (rule !== null) throw new Problem('book_invalid', { rule });
  return book;
}

function brokenRule({ prefix, from_no, to_no, width }: Book): string | null {
  if (!/^[A-Z][A-Z0-9]{0,7}$/.test(prefix) || /[0-9]$/.test(prefix)) {
    return 'prefix_is_capital_letters';
  }
  if (width < 1 || width > WIDTH_MAX) return 'width';
  if (from_no < 1 || from_no > to_no || to_no >= 10 ** width) return 'range';
  return to_no - from_no >= BOOK_NUMBERS_MAX ? 'numbers_max' : null;
}

/** The n-th number as it is printed. n counts as the book does: from_no to to_no. */
export function numberOf(book: Book, n: number): string {
  return book.prefix + String(n).padStart(book.width, '0');
}

/** The place of a printed number in a book, or null if it is not of this book. */
export function indexOf(book: Book, receiptNo: string): number | null {
  const digits = receiptNo.slice(book.prefix.length);
  if (!receiptNo.startsWith(book.prefix) || !/^[0-9]+$/.test(digits)) return null;
  const n = digits.length === book.width ? Number(digits) : 0;
  return n >= book.from_no && n <= book.to_no ? n : null;
}

/** True if the number, written exactly as printed, is in this book. */
export function contains(book: Book, receiptNo: string): boolean {
  return indexOf(book, receiptNo) !== null;
}

/** The number after the highest one used, or null if the book is used up. A hole is not filled. */
export function nextNumber(book: Book, used: Iterable<string>): string | null {
  const n = topOf(book, used) + 1;
  return n <= book.to_no ? numberOf(book, n) : null;
}

/** How many slips can still be given. */
export function remaining(book: Book, used: Iterable<string>): number {
  return book.to_no - topOf(book, used);
}

/** Numbers left out below the highest one used, in order. Each must be explained. */
export function holes(book: Book, used: readonly string[]): readonly string[] {
  const taken = new Set(used);
  const top = topOf(book, used);
  const left: string[] = [];
  for (let n = book.from_no; n < top; n += 1) {
    if (!taken.has(numberOf(book, n))) left.push(numberOf(book, n));
  }
  return left;
}

/** The next slip of a lane: from the first of its books, in the order given, that has one. */
export function nextOf<B extends Book>(
  books: readonly B[],
  used: readonly string[],
): { readonly book: B; readonly receiptNo: string } | null {
  for (const book of books) {
    const receiptNo = nextNumber(book, used);
    if (receiptNo !== null) return { book, receiptNo };
  }
  return null;
}

/** The number as the customer reads it, with the check characters of its event behind it. */
export function printedNumber(receiptNo: string, hashHex: string): string {
  return `${receiptNo}-${checkCharacters(hashHex)}`;
}

function topOf(book: Book, used: Iterable<string>): number {
  let top = book.from_no - 1;
  for (const receiptNo of used) top = Math.max(top, indexOf(book, receiptNo) ?? 0);
  return top;
}
