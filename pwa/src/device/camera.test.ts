/** The camera as a reader. Method: a reader, and a camera that is refused, in their places. */

import { afterEach, expect, test, vi } from 'vitest';
import { makeReader, watch } from './camera';
import { clock } from './clock';

afterEach(() => vi.unstubAllGlobals());

function putReader(formats: readonly string[], found: readonly string[]): void {
  class BarcodeDetector {
    static getSupportedFormats = async () => formats;
    detect = async () => found.map((rawValue) => ({ rawValue }));
  }
  vi.stubGlobal('BarcodeDetector', BarcodeDetector);
}

test.each([
  [['A CODE', 'ANOTHER'], 'A CODE'],
  [[], null],
])('it asks the reader of the browser: %s', async (found, read) => {
  putReader(['qr_code'], found);

  const reader = await makeReader();

  expect(await reader(document.createElement('canvas'))).toBe(read);
});

test('it says so when there is no camera, or it is not allowed', async () => {
  const getUserMedia = () => Promise.reject(new Error('NotAllowedError'));
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });

  const looking = watch(clock, document.createElement('video'), () => undefined);

  await expect(looking).rejects.toMatchObject({ code: 'no_camera' });
});
