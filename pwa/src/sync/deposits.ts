/** By when cash must be handed in; mirrors sync/deposits.py and sync/rest_days.py. */

import { addDays } from './dates';

export interface DepositRule {
  readonly from: string;
  readonly deadline: string;
}

const FIXED: ReadonlySet<string> = new Set(['01-01', '05-01', '05-02', '10-01', '10-02', '10-03']);

/** Is this day a rest day by the calendar alone? */
export function isRestDay(day: string): boolean {
  return [0, 6].includes(new Date(day).getUTCDay()) || FIXED.has(day.slice(5));
}

/** The first day after this one that is no rest day. */
export function nextWorkingDay(day: string): string {
  let following = addDays(day, 1);
  while (isRestDay(following)) following = addDays(following, 1);
  return following;
}

/** The last day on which cash that was taken on a day may be handed in. */
export function dueOn(since: string, rules: readonly DepositRule[], until: string | null): string {
  const begun = rules.filter(({ from }) => from <= since);
  const last = begun.sort((a, b) => (a.from < b.from ? 1 : -1))[0];
  const due = last?.deadline === 'next_working_day' ? nextWorkingDay(since) : since;
  return until !== null && until > due ? until : due;
}
