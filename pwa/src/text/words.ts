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

/** A first start on a thin line may be cut between program and words. */
const AGAIN_MS = 3_000;

/** Chinese unless the phone speaks something else. Tries until the words are there. */
export async function loadWords(): Promise<void> {
  const { zh, en } = __WORDS_AT__;
  const place = /^zh/i.test(navigator.language) ? zh : en;
  for (;;) {
    try {
      return setWords((await (await fetch(place)).json()) as Words);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** Words with {0}, {1} … filled in. */
export function fill(words: string, ...what: readonly (string | number)[]): string {
  return words.replace(/\{(\d)\}/g, (_, at: string) => String(what[Number(at)] ?? ''));
}
