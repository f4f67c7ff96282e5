/** A photo of the paper, if there is one: made small and hashed before it is kept. */

import { signal } from '@preact/signals-core';
import { shrink } from '../device/photo';
import type { Photo } from '../state/record';
import { fill, text } from './words';
import { Say } from './say';

interface Props {
  readonly photo: Photo | null;
  readonly onPhoto: (photo: Photo | null) => void;
}

const failed = signal(false);

export function PhotoInput({ photo, onPhoto }: Props) {
  const choose = async (file: File | undefined) => {
    if (!file) return;
    const small = await shrink(file).catch(() => null);
    failed.value = small === null;
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
      {failed.value && (
        <Say tone="red" id="photo-trouble">
          {text.notAnImage}
        </Say>
      )}
    </>
  );
}
