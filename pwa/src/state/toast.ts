/** A short word over the title of the screen. "Saved" is said here, and only after it is true. */

import { signal } from '@preact/signals-core';

const SHOWN_MS = 2_500;

export const toast = signal<string | null>(null);

let timer: ReturnType<typeof setTimeout> | undefined;

export function say(words: string): void {
  clearTimeout(timer);
  toast.value = words;
  timer = setTimeout(() => {
    toast.value = null;
  }, SHOWN_MS);
}
