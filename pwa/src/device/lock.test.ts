/** One tab only. Method: a browser with locks, one whose lock is held, and one without any. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holdLock } from './lock';
import { isMissing } from './powers';

/** Locks as browsers have them: one holder, the others wait in turn. */
function fakeLocks() {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    request: (_: string, work: () => Promise<unknown>) => {
      const turn = tail.then(work);
      tail = turn;
      return turn;
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('it holds the lock, and says nothing', async () => {
  vi.stubGlobal('navigator', { locks: fakeLocks() });
  const onWait = vi.fn();

  await holdLock(onWait);
  await vi.advanceTimersByTimeAsync(60_000);

  expect(onWait).not.toHaveBeenCalled();
});

test('it refuses a second tab, for as long as the first is open (peers 8)', async () => {
  vi.stubGlobal('navigator', { locks: fakeLocks() });
  await holdLock(() => undefined);
  const onWait = vi.fn();
  let held = false;

  void holdLock(onWait).then(() => (held = true));
  await vi.advanceTimersByTimeAsync(3_600_000);

  expect(onWait).toHaveBeenCalledOnce();
  expect(held).toBe(false);
});

test('it takes a browser without locks for one that cannot be used', () => {
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', { storage: {}, serviceWorker: {} });

  expect(isMissing()).toContain('locks');
});
