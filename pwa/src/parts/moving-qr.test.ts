/**
 * A moving QR code and a reader: what is drawn can be read, by the reader that phones without one
 * of their own use.
 *
 * Method: frames of a bundle are drawn as the screen draws them, blurred,
 * turned and dimmed as a hand and a cheap camera do, and read by the real library.
 */

import { encodeQR } from 'qr';
import { decodeQR } from 'qr/decode.js';
import { expect, test } from 'vitest';
import { fromBase45, toBase45 } from '../sync/base45';
import { blockBytes, Collector, frame } from '../sync/fountain';

const BUNDLE_BYTES = 8_000;
const SIDE = 480;
const READ_MS_MAX = 60_000;

/** Numbers that look random and are the same each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

interface Shot {
  readonly degrees: number;
  readonly grain: number;
}

/** The picture of a code as a camera has it: turned by an angle, dim, with grain. */
function picture(words: string, { degrees, grain }: Shot, random: () => number) {
  const rows = encodeQR(words, 'raw', { ecc: 'low', encoding: 'alphanumeric', border: 4 });
  const data = new Uint8ClampedArray(SIDE * SIDE * 4);
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const scale = (rows.length * 1.3) / SIDE;
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const [dx, dy] = [x - SIDE / 2, y - SIDE / 2];
      const column = Math.floor((dx * cos - dy * sin) * scale + rows.length / 2);
      const row = Math.floor((dx * sin + dy * cos) * scale + rows.length / 2);
      const dark = rows[row]?.[column] ?? false;
      const grey = (dark ? 60 : 190) + (random() - 0.5) * grain;
      data.set([grey, grey, grey, 255], (y * SIDE + x) * 4);
    }
  }
  return { width: SIDE, height: SIDE, data };
}

function read(image: ReturnType<typeof picture>): string | null {
  try {
    return decodeQR(image, { format: 'RGBA', timeLimit: 200 });
  } catch {
    return null;
  }
}

test.each([
  ['held straight', { degrees: 0, grain: 0 }],
  ['held a little askew', { degrees: 4, grain: 20 }],
  ['held askew in bad light', { degrees: 15, grain: 60 }],
])('it is read when %s', (_, shot) => {
  const random = dice(7);
  const message = Uint8Array.from({ length: BUNDLE_BYTES }, () => random() * 256);
  const collector = new Collector();
  let [shown, seen] = [0, 0];
  for (let number = 0; !collector.message && number < 120; number += 1) {
    shown += 1;
    const words = read(picture(toBase45(frame(message, 5, number)), shot, random));
    if (words !== null) seen += 1;
    collector.add(fromBase45(words ?? '') ?? new Uint8Array());
  }

  console.info(`frames shown ${shown}, read ${seen}, blocks ${collector.need}`);
  expect(collector.message).toEqual(message);
  expect(seen / shown).toBeGreaterThan(0.9);
  expect(collector.need).toBe(Math.ceil(BUNDLE_BYTES / blockBytes(BUNDLE_BYTES)));
}, READ_MS_MAX);
