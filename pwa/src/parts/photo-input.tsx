/** A photo of the paper, if there is one: made small and hashed before it is kept. */

import { useState } from 'preact/hooks';
import { NotAnImage, shrink } from '../device/photo';
import type { Photo } from '../state/record';
import { text } from '../text';

interface Props {
  readonly photo: Photo | null;
  readonly onPhoto: (photo: Photo | null) => void;
}

export function PhotoInput({ photo, onPhoto }: Props) {
  const [trouble, setTrouble] = useState<string | null>(null);
  const choose = async (file: File | undefined) => {
    if (!file) return;
    setTrouble(null);
    try {
      onPhoto(await shrink(file));
    } catch (error) {
      onPhoto(null);
      setTrouble(error instanceof NotAnImage ? text.notAnImage : text.photoFailed);
    }
  };
  return (
    <div class="photo">
      <label class="plain-button">
        {photo ? text.photoKept(Math.ceil(photo.bytes.length / 1000)) : text.takePhoto}
        <input
          type="file"
          accept="image/*"
          capture="environment"
          data-testid="photo-input"
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
      </label>
      {trouble && (
        <p class="notice red" role="alert" data-testid="photo-trouble">
          {trouble}
        </p>
      )}
    </div>
  );
}
