/** A word beside the stores: it often outlives them, and then says that they have been lost. */

export interface Sentinel {
  read(): string | null;
  write(text: string): void;
}

const NAME = 'doorstep-lane';

/** In local storage, which browsers clear at other times than the database and the files. */
export const sentinel: Sentinel = {
  read: () => localStorage.getItem(NAME),
  write(text) {
    try {
      localStorage.setItem(NAME, text);
    } catch {
      // Full or forbidden: the stores themselves are not touched by it.
    }
  },
};
