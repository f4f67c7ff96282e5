/** Dates without a clock: 'YYYY-MM-DD' in Asia/Shanghai, and the steps that the law counts in. */

import { Problem } from './problems';

/** A day of the proleptic Gregorian calendar. */
interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** True for a real day written exactly 'YYYY-MM-DD', from year 1 on. */
export function isDate(text: unknown): boolean {
  if (typeof text !== 'string' || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const { year, month, day } = split(text);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= lastOf(year, month);
}

/** The day itself if it is a date. Refuses `date_invalid`: no other form, no 30 February. */
export function requireDate(text: string): string {
  if (!isDate(text)) {
    throw new Problem('date_invalid', { value: text.slice(0, 40), rule: 'YYYY-MM-DD' });
  }
  return text;
}

/** The same day of a later month, or its last day if there is none (Civil Code art. 202). */
export function addMonths(date: string, months: number): string {
  const { year, month, day } = split(date);
  const all = year * 12 + month - 1 + months;
  const toYear = Math.floor(all / 12);
  const toMonth = all - toYear * 12 + 1;
  return join({ year: toYear, month: toMonth, day: Math.min(day, lastOf(toYear, toMonth)) });
}

/** The same day of a later year, or the month's end: 29 February becomes 28 February. */
export const addYears = (date: string, years: number): string => addMonths(date, 12 * years);

/** A day later, or earlier if negative. */
export function addDays(date: string, days: number): string {
  const moved = new Date(utc(date) + days * DAY_MS);
  return join({
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
  });
}

/** Whole days from one day to the other: the first is not counted, the last is. */
export function daysBetween(earlier: string, later: string): number {
  return (utc(later) - utc(earlier)) / DAY_MS;
}

const DAY_MS = 86_400_000;

function utc(date: string): number {
  const { year, month, day } = split(date);
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function split(date: string): Day {
  return {
    year: Number(date.slice(0, 4)),
    month: Number(date.slice(5, 7)),
    day: Number(date.slice(8, 10)),
  };
}

function join({ year, month, day }: Day): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

function lastOf(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const isLeap = (year: number): boolean =>
  year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
