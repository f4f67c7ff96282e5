/** A photo of the paper, if there is one: made small and hashed before it is kept. */

import { signal } from '@preact/signals-core';
import { PHOTO_BYTES_MAX, shrink } from '../device/photo';
import type { Photo } from '../state/record';
import { phone } from '../state/start';
import { fill, text } from './words';
import { Say } from './say';

interface Props {
  readonly photo: Photo | null;
  readonly onPhoto: (photo: Photo | null) => void;
}

/** Why the last photo was not taken in. */
const trouble = signal<'notAnImage' | 'photosFull' | null>(null);

/**
 * Photos that lie here, in bytes: some eight hundred. The browser cannot say how much room there
 * is (its estimate is wrong by gigabytes), and a full disk would stop the receipts.
 */
export const PHOTOS_BYTES_MAX = 150_000_000;

const hasRoom = (): boolean =>
  phone.photos.value.reduce((sum, { bytes }) => sum + bytes.length, PHOTO_BYTES_MAX) <=
  PHOTOS_BYTES_MAX;

export function PhotoInput({ photo, onPhoto }: Props) {
  const choose = async (file: File | undefined) => {
    if (!file) return;
    const small = hasRoom() ? await shrink(file).catch(() => null) : null;
    trouble.value = small ? null : hasRoom() ? 'notAnImage' : 'photosFull';
    onPhoto(small);
  };
  const kept = photo && fill(text.photoKept, Math.ceil(photo.bytes.length / 1000));
  return (
    <>
      <label class="photo">
        {kept ?? text.takePhoto}
        <input
          type="file"
          accept="image/*"
          capture="environment"
          data-testid="photo-input"
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
      </label>
      {trouble.value && (
        <Say tone="red" id="photo-trouble">
          {text[trouble.value]}
        </Say>
      )}
    </>
  );
}
