/** The sentinel. Method: the browser's local storage, one that refuses, and a start after it. */

import { afterEach, expect, test, vi } from 'vitest';
import { sentinel } from './sentinel';

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

test('it keeps a word and gives it back', () => {
  expect(sentinel.read()).toBeNull();

  sentinel.write('lane');

  expect(sentinel.read()).toBe('lane');
});

test('it never fails a save that has succeeded', () => {
  const setItem = vi.fn(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  vi.stubGlobal('localStorage', { setItem });

  expect(() => sentinel.write('lane')).not.toThrow();
  expect(setItem).toHaveBeenCalledOnce();
});
