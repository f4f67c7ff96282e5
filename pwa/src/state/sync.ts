/** When and how the phone talks to the server. Facts go up, rows and verdicts come down. */

import { signal } from '@preact/signals-core';
import type { Signal } from '@preact/signals-core';
import { codeOf, Trouble } from '../device/trouble';
import type { Refusal } from '../device/trouble';
import { needsResume } from '../store/lanes';
import type { Phone } from './phone';

export interface SyncState {
  readonly is: 'idle' | 'running' | 'done' | 'error';
  /** Why it failed: a code of ours or of the server. */
  readonly code: string | null;
  readonly refusal: Refusal | null;
  /** When the next try comes by itself, by this phone's clock. */
  readonly again_at: number | null;
}

export interface Sync {
  readonly state: Signal<SyncState>;
  /** Exchange until nothing is left; never throws. A second call waits for the first. */
  run(): Promise<void>;
  /** Exchange in a moment: something was recorded, and there may be a signal. */
  soon(): void;
}

/** Full jitter: a random time up to a limit that doubles from 4 s to 5 min. */
const BACKOFF_MS = 4_000;
const BACKOFF_MS_MAX = 300_000;

/** After a save: what is recorded at one gate travels together. */
const SOON_MS = 8_000;

/** While the app is open it looks again this often. */
export const EVERY_MS = 300_000;

const IDLE: SyncState = { is: 'idle', code: null, refusal: null, again_at: null };

/** What does the work of one run: push all, pull all, then the photos. */
export interface Engine {
  exchangeAll(phone: Phone): Promise<void>;
}

/** No screen waits for it: it is loaded with the first run, behind the first screen. */
async function loadEngine(): Promise<Engine> {
  try {
    return await import('./rounds');
  } catch {
    throw new Trouble('no_signal');
  }
}

export function makeSync(phone: Phone, engine = loadEngine): Sync {
  const state = signal<SyncState>(IDLE);
  let running: Promise<void> | null = null;
  let failures = 0;
  let callOff = () => {};

  function runAfter(waitMs: number): void {
    callOff();
    callOff = phone.clock.after(waitMs, run);
  }

  async function attempt(): Promise<void> {
    callOff();
    state.value = { ...IDLE, is: 'running' };
    try {
      await (await engine()).exchangeAll(phone);
      failures = 0;
      state.value = { ...IDLE, is: 'done' };
    } catch (error) {
      failures += 1;
      const wait = waitAfter(error, failures, phone.clock.jitter());
      state.value = failedState(error, phone.clock.now() + wait);
      runAfter(wait);
    }
  }

  async function run(): Promise<void> {
    if (!phone.identity.value) return;
    running ??= attempt().finally(() => (running = null));
    await running;
  }

  function soon(): void {
    // After a failure the next try has its time already.
    if (state.value.again_at === null && phone.isOnline()) runAfter(SOON_MS);
  }

  return { state, run, soon };
}

function waitAfter(error: unknown, failures: number, jitter: number): number {
  const asked = error instanceof Trouble ? error.more.retryAfterMs : null;
  const limit = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** (failures - 1));
  return asked ?? Math.round(limit * jitter) + 1_000;
}

function failedState(error: unknown, again_at: number): SyncState {
  const refusal = error instanceof Trouble ? error.more.refusal : undefined;
  return { is: 'error', code: codeOf(error), refusal: refusal ?? null, again_at };
}

/** A wiped phone has made a new key, and the server has yet to confirm it. */
export const waitsForKey = (phone: Phone): boolean => needsResume(phone.unsent.value);
