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
  return movement([...legs, leg(`hand:${officer}`, -total(legs))]);
}

/** The legs of cash whose paper is in question: in the hand all the same, against suspense. */
export function suspenseLegs(totalFen: number, officer: string): readonly Leg[] {
  return movement([leg('suspense', -totalFen), leg(`hand:${officer}`, totalFen)]);
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
const total = (legs: readonly Leg[]): number => legs.reduce((sum, l) => sum + l.amount_fen, 0);

function movement(legs: readonly Leg[]): readonly Leg[] {
  if (total(legs) !== 0) throw new Error('a movement sums to zero');
  return legs.filter(({ amount_fen }) => amount_fen !== 0);
}
