/** The words in the phone's language, and the few sentences that are put together. */

import { dayOf, timeOf, weekdayOf } from '../device/clock';
import { formatYuan } from '../sync/amounts';
import { phone } from '../state/start';
import { shown } from '../state/shown';
import type { StoredEvent } from '../store/db';
import { en } from './en';
import { zh } from './zh';
import type { Text } from './zh';

export const text: Text = navigator.language.toLowerCase().startsWith('zh') ? zh : en;

/** '¥1,250' or '¥600.50': grouped for the eye; what is hashed and typed is never grouped. */
export function yuan(fen: number): string {
  return `¥${formatYuan(fen).replace(/\d(?=(\d{3})+(\.|$))/g, '$&,')}`;
}

export const yuanOrDash = (fen: number | null): string =>
  fen === null ? text.unknownSum : yuan(fen);

/** '3月2日 周一', or without the weekday. */
export function dayWords(day: string, form: 'long' | 'short' = 'long'): string {
  const [, month = 0, date = 0] = day.split('-').map(Number);
  const words = text.day(month, date);
  return form === 'short' ? words : `${words} ${text.weekday[weekdayOf(day)] ?? ''}`;
}

/** The name of a colleague, or of whoever was typed. */
export function personWords(person: string): string {
  const known = shown.me.value?.colleagues?.find(({ id }) => id === person);
  return known?.name ?? person;
}

/** What to write into the paper book: what, who, when, by whom. */
export function noteLines(what: string, who: string, now: number): string[] {
  const officer = phone.identity.value?.officer.name ?? '';
  return [what, who, `${dayOf(now)} ${timeOf(now)}`, officer].filter(Boolean);
}

/** One record in one line. */
export function recordWords({ event }: StoredEvent): string {
  const { kind, body } = event;
  const words = (text.kind as Readonly<Record<string, string>>)[kind] ?? kind;
  const amount = typeof body.amount_fen === 'number' ? ` ${yuan(body.amount_fen)}` : '';
  const number = body.receipt_no ?? body.notice_no ?? '';
  const more = body.outcome ?? body.reason;
  const choices: Readonly<Record<string, string>> = { ...text.outcome, ...text.unsigned };
  const said = typeof more === 'string' ? (choices[more] ?? '') : '';
  return [`${words}${amount}`, String(number), said].filter(Boolean).join(' · ');
}
