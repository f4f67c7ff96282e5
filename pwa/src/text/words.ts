/** The words in the phone's language: loaded once, before the first screen. */

import type { papers } from './papers';
import type { Text } from './zh';

/** Where the build has put each language. */
declare const __WORDS_AT__: { readonly zh: string; readonly en: string };

export type Words = Text & { readonly papers: typeof papers };

/** Set before anything is shown. */
export let text: Words;

export function setWords(words: Words): void {
  text = words;
}

/** Chinese unless the phone speaks something else. */
export async function loadWords(): Promise<void> {
  const { zh, en } = __WORDS_AT__;
  const found = await fetch(/^zh/i.test(navigator.language) ? zh : en);
  setWords((await found.json()) as Words);
}

/** Words with {0}, {1} … filled in. */
export function fill(words: string, ...what: readonly (string | number)[]): string {
  return words.replace(/\{(\d)\}/g, (_, at: string) => String(what[Number(at)] ?? ''));
}
