/** Taking a photo. Method: drawn into a document, with a phone that holds few photos or many. */

import { cleanup, fireEvent, render, screen as page, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdPhone } from '../state/start';
import type { StoredBlob } from '../store/db';
import { emptyStorage } from '../store/testing';
import { enrolledPhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { papers } from '../text/papers';
import { setWords } from '../text/words';
import { zh } from '../text/zh';
import { PHOTOS_BYTES_MAX, PhotoInput } from './photo-input';

let bench: Bench;

beforeEach(async () => {
  emptyStorage();
  setWords({ ...zh, papers });
  bench = await enrolledPhone();
  holdPhone(bench.phone);
});

afterEach(cleanup);

async function choose(): Promise<string> {
  const chosen: unknown[] = [];
  const input = () => <PhotoInput photo={null} onPhoto={(photo) => chosen.push(photo)} />;
  const drawn = render(input());
  const files = [new File(['no picture'], 'a.jpg', { type: 'image/jpeg' })];
  fireEvent.change(page.getByTestId('photo-input'), { target: { files } });
  await waitFor(() => expect(chosen).toEqual([null]));
  drawn.rerender(input());
  return page.getByTestId('photo-trouble').textContent ?? '';
}

test('it says that a file is no picture', async () => {
  expect(await choose()).toBe(zh.notAnImage);
});

test('it takes no photo that would leave too little room for receipts, and says so', async () => {
  const bytes = new Uint8Array(PHOTOS_BYTES_MAX);
  const blob = { sha256: 'c'.repeat(64), bytes, media_type: 'image/jpeg' };
  bench.phone.photos.value = [{ ...blob, lane: 'a', seq: 1, state: 'waiting' } as StoredBlob];

  expect(await choose()).toBe(zh.photosFull);
});
