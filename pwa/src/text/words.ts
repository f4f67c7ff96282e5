/** The words in the phone's language: loaded once, before the first screen. */

import type { papers } from './papers';
import type { Text } from './zh';

export type Words = Text & { readonly papers: typeof papers };

/** Set before anything is shown. */
export let text: Words;

export function setWords(words: Words): void {
  text = words;
}

/** Chinese unless the phone speaks something else. */
export async function loadWords(): Promise<void> {
  const language = /^zh/i.test(navigator.language) ? 'zh' : 'en';
  setWords((await (await fetch(`/${language}.json`)).json()) as Words);
}

/** Words with {0}, {1} … filled in. */
export function fill(words: string, ...what: readonly (string | number)[]): string {
  return words.replace(/\{(\d)\}/g, (_, at: string) => String(what[Number(at)] ?? ''));
}
