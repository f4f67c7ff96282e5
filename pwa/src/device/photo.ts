/** A photo of a paper: made small on the phone, and hashed before anything else happens to it. */

import { sha256 } from './bytes';
import { Trouble } from './trouble';

/** 180 kB a photo: some 36 s at 40 kbit/s, and a notice is still readable. */
export const PHOTO_BYTES_MAX = 180_000;

/** Longer side in pixels, and quality: the first that is small enough is taken. */
const STEPS: readonly (readonly [number, number])[] = [
  [1280, 0.6],
  [1280, 0.4],
  [1024, 0.4],
  [800, 0.35],
  [640, 0.3],
];

export const PHOTO_TYPE = 'image/jpeg';

export interface SmallPhoto {
  readonly sha256: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly media_type: string;
  /** ms UTC, as the file says; it may be older than the visit. */
  readonly taken_at: number | null;
}

/** Throws `not_an_image` for a file that is no picture, or none that this phone can read. */
export async function shrink(file: File): Promise<SmallPhoto> {
  const picture = await createImageBitmap(file).catch(notAnImage);
  try {
    for (const [side, quality] of STEPS) {
      const bytes = await encode(picture, side, quality);
      if (bytes.length <= PHOTO_BYTES_MAX) {
        const taken_at = file.lastModified || null;
        return { sha256: await sha256(bytes), bytes, media_type: PHOTO_TYPE, taken_at };
      }
    }
  } finally {
    picture.close();
  }
  return notAnImage();
}

function notAnImage(): never {
  throw new Trouble('not_an_image');
}

async function encode(
  picture: ImageBitmap,
  side: number,
  quality: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const jpeg = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, PHOTO_TYPE, quality);
  });
  if (!jpeg) return notAnImage();
  return new Uint8Array(await jpeg.arrayBuffer());
}
