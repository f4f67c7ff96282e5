/** Five tiers by days past due, and the older 一逾两呆. Days are a floor, never the last word. */

import { addYears, daysBetween, requireDate } from './dates';

/** Best first. A reviewer may move a loan down this list, never up. */
export const TIERS = ['NORMAL', 'SPECIAL_MENTION', 'SUBSTANDARD', 'DOUBTFUL', 'LOSS'] as const;
export type Tier = (typeof TIERS)[number];

/** More than so many days past due is the tier below. A setting. */
const DAYS: readonly number[] = [0, 90, 270, 360];
const STAGNANT_YEARS = 2;

/** Days from the due date to a day, 0 at least. */
export function daysPastDue(dueOn: string, on: string): number {
  return Math.max(0, daysBetween(requireDate(dueOn), requireDate(on)));
}

/** The tier of a loan by its days past due. Day 91 is SUBSTANDARD. */
export function fiveTier(days: number, thresholds: readonly number[] = DAYS): Tier {
  return TIERS[thresholds.filter((limit) => days > limit).length] ?? 'LOSS';
}

/** The tier that holds: the reviewer's if it is worse than that of the days, else theirs. */
export function worseOf(byDays: Tier, reviewed: Tier | null): Tier {
  return reviewed !== null && TIERS.indexOf(reviewed) > TIERS.indexOf(byDays) ? reviewed : byDays;
}

export interface Grounds {
  readonly operation_stopped?: boolean;
  readonly written_off_ground?: boolean;
}

/** The older class (贷款通则 art. 34): NORMAL, OVERDUE, STAGNANT or BAD. */
export function legacy(dueOn: string, on: string, grounds: Grounds = {}): string {
  if (grounds.written_off_ground) return 'BAD';
  const due = requireDate(dueOn);
  const day = requireDate(on);
  if (grounds.operation_stopped || day > addYears(due, STAGNANT_YEARS)) return 'STAGNANT';
  return day > due ? 'OVERDUE' : 'NORMAL';
}
