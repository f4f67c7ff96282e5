/** The few sentences that are put together from words. */

import { dayOf, timeOf } from '../device/clock';
import { formatYuan } from '../sync/amounts';
import { phone } from '../state/start';
import { shown } from '../state/shown';
import type { StoredEvent } from '../store/db';
import type { Refusal } from '../device/trouble';
import { fill, text } from '../text/words';

export { fill, text } from '../text/words';

/** '¥1,250' or '¥600.50': grouped for the eye; what is hashed and typed is never grouped. */
export function yuan(fen: number): string {
  return `¥${formatYuan(fen).replace(/\d(?=(\d{3})+(\.|$))/g, '$&,')}`;
}

export const yuanOrDash = (fen: number | null | undefined): string =>
  fen == null ? text.unknownSum : yuan(fen);

/** '3月2日周一', or without the weekday. A date has no zone: read as UTC it stays the same. */
export function dayWords(day: string, weekday: 'short' | undefined = undefined): string {
  const form = { timeZone: 'UTC', month: 'short', day: 'numeric', weekday } as const;
  return new Date(day).toLocaleDateString(text.lang, form);
}

/** '3月2日 14:05'. */
export const momentWords = (instantMs: number): string =>
  `${dayWords(dayOf(instantMs))} ${timeOf(instantMs)}`;

/** The name of a colleague, or of whoever was typed. */
export function personWords(person: string): string {
  const { colleagues = [], cashiers = [] } = shown.me.value ?? {};
  const known = [...colleagues, ...cashiers].find(({ id }) => id === person);
  return known?.name ?? person;
}

export const withWords = (second: string | null): string =>
  second ? fill(text.with, personWords(second)) : text.alone;

/** What to write into the paper book: what, who, more of it, when, by whom. */
export function noteLines(what: string, who: string, more = ''): string[] {
  const now = phone.clock.now();
  const officer = phone.identity.value?.officer.name ?? '';
  return [what, who, more, `${dayOf(now)} ${timeOf(now)}`, officer].filter(Boolean);
}

export const kindWords = (kind: string): string => text.kind[kind] ?? kind;

const choiceWords = (code: unknown): string =>
  ({ ...text.outcome, ...text.unsigned })[String(code) as 'met'] ?? '';

/** One record in one line; its number and its time stand below. */
export function recordWords({ event }: StoredEvent): string {
  const { kind, body } = event;
  const amount = typeof body.amount_fen === 'number' ? ` ${yuan(body.amount_fen)}` : '';
  const said = choiceWords(body.outcome ?? body.reason);
  return [kindWords(kind) + amount, said].filter(Boolean).join(' · ');
}

/** How a household stands, and why if it did not sign. */
export function stateWords(outcome: string | null, reason: string | null): string {
  const words = text.state[(outcome ?? 'NONE') as keyof typeof text.state];
  const why = reason === 'LIMITATION_LOST' ? text.limitationLost : choiceWords(reason);
  return outcome === 'UNSIGNED' && why ? why : words;
}

export function limitationWords(status: string, left: number | null): string {
  if (status === 'RUNNING' && left !== null) return fill(text.limitationLeft, left);
  return text.limitation[status] ?? status;
}

export const reasonWords = (code: string | null): string =>
  text.reason[code ?? ''] ?? text.reasonUnknown;

/** How much is only on this phone. */
export function unsentWords(count: number, fen: number): string {
  if (count === 0) return text.allUploaded;
  return fen > 0 ? fill(text.onlyHereSum, count, yuan(fen)) : fill(text.onlyHere, count);
}

/** What went wrong with an exchange and what to do: the server's own words, if it gave any. */
export function troubleWords(code: string, refusal: Refusal | null): readonly string[] {
  const theirs =
    text.lang === 'en'
      ? [refusal?.message_en, refusal?.next_en]
      : [refusal?.message, refusal?.next];
  if (theirs[0]) return theirs.flatMap((line) => line ?? []);
  return text.trouble[code] ?? [...text.troubleUnknown, code];
}
