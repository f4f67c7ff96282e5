/** The books: the legs of every movement of cash and debt. A movement sums to zero, always. */

import type { Body } from './fields';
import { AMOUNT_FEN_MAX } from './fields';
import { PARTS } from './parts';
import type { Part } from './parts';

/** One signed side of a movement, in fen. What is owed and what is held are positive. */
export interface Leg {
  readonly account: string;
  readonly amount_fen: number;
}

/** The cash a receipt says was taken, in fen, or null if that is no amount of cash. */
export function cashOf(body: Body): number | null {
  const amount = body.amount_fen;
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) return null;
  return amount >= 1 && amount <= AMOUNT_FEN_MAX ? amount : null;
}

/** The legs of a receipt that was applied: the parts leave the debt, the cash is in the hand. */
export function receiptLegs(body: Body, officer: string): readonly Leg[] {
  const legs = PARTS.map((part) => leg(`loan:${String(body.loan)}:${part}`, -fenOf(body, part)));
  return movement([...legs, leg(holderOf(body, officer), -total(legs))]);
}

/** Was a receipt given for a transfer or a cheque? Then no cash is in anybody's hand. */
export const isByBank = ({ method }: Body): boolean => method === 'transfer' || method === 'cheque';

const holderOf = (body: Body, officer: string): string =>
  isByBank(body) ? 'clearing' : `hand:${officer}`;

/** The legs of a receipt in question: in the hand all the same, against suspense. */
export function suspenseLegs(body: Body, officer: string): readonly Leg[] {
  const totalFen = cashOf(body) ?? 0;
  return movement([leg('suspense', 0 - totalFen), leg(holderOf(body, officer), totalFen)]);
}

/** The legs of a transfer or cheque that the bank has confirmed. */
export function clearedLegs(amountFen: number): readonly Leg[] {
  return movement([leg('clearing', -amountFen), leg('bank', amountFen)]);
}

/** The exact opposite of a receipt whose cash has left the hand it came into. */
export function undoneLegs(receipt: readonly Leg[], officer: string, cashFrom: string) {
  const held = new Set([`hand:${officer}`, 'clearing']);
  const from = (account: string) => (held.has(account) ? cashFrom : account);
  return reversal(receipt.map((one) => leg(from(one.account), one.amount_fen)));
}

/** The exact opposite of a movement. Nothing in the books is ever edited. */
export function reversal(legs: readonly Leg[]): readonly Leg[] {
  return movement(legs.map(({ account, amount_fen }) => leg(account, -amount_fen)));
}

/** The legs that bring a loan to its imported balances. A part that is not known stays as it is. */
export function importLegs(
  loan: string,
  current: Readonly<Partial<Record<Part, number>>>,
  imported: Readonly<Partial<Record<Part, number | null>>>,
): readonly Leg[] {
  const legs = PARTS.flatMap((part) => {
    const target = imported[part] ?? null;
    return target === null ? [] : [leg(`loan:${loan}:${part}`, target - (current[part] ?? 0))];
  });
  return movement([...legs, leg('core', -total(legs))]);
}

/** What the parts of a loan come to; interest of which nothing is known is no excess when paid. */
export function dueFen(parts: Readonly<Partial<Record<Part, number>>>, known: boolean): number {
  const counts = (part: Part) => part !== 'interest' || known || (parts.interest ?? 0) > 0;
  return PARTS.filter(counts).reduce((sum, part) => sum + (parts[part] ?? 0), 0);
}

/** The legs after which a loan is over-collected by exactly what its parts are below zero. */
export function overLegs(loan: string, sumFen: number, overFen: number): readonly Leg[] {
  return creditLegs(loan, 'over', Math.max(0, -sumFen) - overFen);
}

/** The legs after which the core system keeps so much of what was over-collected. */
export function keptLegs(loan: string, keptFen: number, heldFen: number): readonly Leg[] {
  return creditLegs(loan, 'kept', keptFen - heldFen);
}

function creditLegs(loan: string, part: string, more: number): readonly Leg[] {
  return movement([leg(`loan:${loan}:${part}`, more), leg(`credit:${loan}`, 0 - more)]);
}

/** What receipts booked together exceed what the core system said was due before. */
export function excessFen(saidFen: number, bookedFen: readonly number[]): number {
  return Math.max(0, sumOf(bookedFen) - Math.max(0, saidFen));
}

/** A part of a loan after an import, less the receipts that are not in it yet. */
export function targetFen(
  importedFen: number | null,
  currentFen: number,
  onTopFen: readonly number[],
): number {
  const onTop = sumOf(onTopFen);
  return importedFen === null ? Math.max(currentFen, 0 - onTop) : importedFen - onTop;
}

/** Is a receipt in the balances of the core system at the end of a day? See sync/books.py. */
export function isContained(
  asOf: string,
  postedOn: string | null,
  countedOn: string | null,
  matchedSince: string | null,
): boolean {
  if (postedOn !== null) return postedOn <= asOf;
  if (countedOn === null || (matchedSince !== null && countedOn >= matchedSince)) return false;
  return countedOn < asOf;
}

/** The legs of a refund: the borrower's credit is paid out of the vault. */
export function refundLegs(loan: string, amountFen: number): readonly Leg[] {
  return movement([leg(`credit:${loan}`, amountFen), leg('vault', -amountFen)]);
}

/** The legs of a count: the hand is emptied, the vault holds what was counted. */
export function countLegs(
  officer: string,
  expectedFen: number,
  countedFen: number,
): readonly Leg[] {
  return movement([
    leg(`hand:${officer}`, -expectedFen),
    leg('vault', countedFen),
    leg('over_short', expectedFen - countedFen),
  ]);
}

/** The legs of a handover in person that both sides have confirmed (custody.taken). */
export function handoverLegs(giver: string, body: Body, receiver: string): readonly Leg[] {
  const [expected, counted] = [Number(body.expected_fen), Number(body.amount_fen)];
  return movement([
    leg(`hand:${giver}`, -expected),
    leg(body.into === 'vault' ? 'vault' : `hand:${receiver}`, counted),
    leg('over_short', expected - counted),
  ]);
}

/** The legs of a remittance (解款): from the vault to the bank. */
export function depositLegs(amountFen: number): readonly Leg[] {
  return movement([leg('vault', -amountFen), leg('bank', amountFen)]);
}

/** The balance of every account in fen, those at zero left out. A balance is always derived. */
export function balances(legs: readonly Leg[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const { account, amount_fen } of legs) {
    sums.set(account, (sums.get(account) ?? 0) + amount_fen);
  }
  return Object.fromEntries([...sums].filter(([, fen]) => fen !== 0));
}

/** The fen of one part of a receipt; what is no number is no part. */
export function fenOf(body: Body, part: Part): number {
  const fen = body[`${part}_fen`];
  return typeof fen === 'number' ? fen : 0;
}

const leg = (account: string, amount_fen: number): Leg => ({ account, amount_fen });
const sumOf = (fen: readonly number[]): number => fen.reduce((sum, each) => sum + each, 0);
const total = (legs: readonly Leg[]): number => legs.reduce((sum, l) => sum + l.amount_fen, 0);

function movement(legs: readonly Leg[]): readonly Leg[] {
  if (total(legs) !== 0) throw new Error('a movement sums to zero');
  return legs.filter(({ amount_fen }) => amount_fen !== 0);
}
