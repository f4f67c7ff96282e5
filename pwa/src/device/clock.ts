/** The only place on the phone that asks what time it is, for a random number, or to be woken. */

import { Trouble } from './trouble';

/** China has had one zone without summer time since 1991: dates are dates of Shanghai (R30). */
const SHANGHAI_MS = 8 * 3_600_000;

export interface Clock {
  /** Milliseconds since 1970 in UTC, as this phone believes. */
  now(): number;
  /** Minutes east of Greenwich, as this phone believes. */
  tzMinutes(): number;
  /** Random bytes from the system. */
  random(bytes: number): Uint8Array<ArrayBuffer>;
  /** A number in [0, 1) for the jitter of a retry; secrets take `random`. */
  jitter(): number;
  /** Calls back when so much time has passed; gives what calls it off. */
  after(waitMs: number, then: () => void): () => void;
}

export const clock: Clock = {
  now: () => Date.now(),
  tzMinutes: () => -new Date().getTimezoneOffset(),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  jitter: () => Math.random(),
  after(waitMs, then) {
    const timer = setTimeout(then, waitMs);
    return () => clearTimeout(timer);
  },
};

/** The date in Shanghai of an instant, as 'YYYY-MM-DD'. */
export function dayOf(instantMs: number): string {
  return new Date(instantMs + SHANGHAI_MS).toISOString().slice(0, 10);
}

/** The time of day in Shanghai of an instant, as 'HH:MM'. */
export function timeOf(instantMs: number): string {
  return new Date(instantMs + SHANGHAI_MS).toISOString().slice(11, 16);
}

/** Rejects with `too_slow` when `work` has not finished in time; it may still go on. */
export function within<T>(
  clock: Pick<Clock, 'after'>,
  work: Promise<T>,
  limitMs: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(limitMs, () => reject(new Trouble('too_slow')));
    work.then(resolve, reject).finally(callOff);
  });
}
