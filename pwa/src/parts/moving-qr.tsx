/** A message as a moving QR code: a frame after the other, until the other camera has enough. */

import { encodeQR } from 'qr';
import { clock } from '../device/clock';
import { toBase45 } from '../sync/base45';
import { frame, NUMBERS } from '../sync/fountain';
import { text } from './words';

type Bytes = Uint8Array<ArrayBuffer>;

/** Six frames a second: a cheap camera has two looks at each. */
export const FRAME_MS = 165;

/** The empty margin that a reader needs around the code. */
const MARGIN = 4;

interface Player {
  readonly message: Bytes;
  readonly place: (canvas: HTMLCanvasElement | null) => void;
}

let player: Player | null = null;

export function MovingQr({ message }: { readonly message: Bytes }) {
  // The same function for the same message, or every drawing would begin the code anew.
  if (player?.message !== message) player = { message, place: playing(message) };
  return (
    <canvas
      ref={player.place}
      class="moving-qr"
      role="img"
      aria-label={text.carry.code}
      data-testid="moving-qr"
    />
  );
}

/** Plays the message on the canvas it is given, and stops when that is taken away. */
function playing(message: Bytes): Player['place'] {
  let stop: (() => void) | null = null;
  return (canvas) => {
    stop?.();
    stop = canvas && play(canvas, message);
  };
}

function play(canvas: HTMLCanvasElement, message: Bytes): () => void {
  let callOff = () => {};
  let going = true;
  const release = stayAwake();
  const step = (sequence: number, number: number) => {
    if (!going) return;
    draw(canvas, toBase45(frame(message, sequence, number % NUMBERS)));
    canvas.dataset.frame = String(number);
    callOff = clock.after(FRAME_MS, () => step(sequence, number + 1));
  };
  void sequenceOf(message).then((sequence) => step(sequence, 0));
  return () => {
    going = false;
    callOff();
    release();
  };
}

/** The name of a message in its frames: the first 4 bytes of its SHA-256. */
export async function sequenceOf(message: Bytes): Promise<number> {
  return new DataView(await crypto.subtle.digest('SHA-256', message)).getUint32(0);
}

/** The screen does not go dark while the code is shown, where it can be asked. */
function stayAwake(): () => void {
  const lock = navigator.wakeLock?.request('screen').catch(() => null);
  return () => void lock?.then((held) => held?.release());
}

/** One pixel a module; the style makes them large and keeps them sharp. */
function draw(canvas: HTMLCanvasElement, words: string): void {
  const rows = encodeQR(words, 'raw', { ecc: 'low', encoding: 'alphanumeric', border: MARGIN });
  const brush = canvas.getContext('2d');
  canvas.width = rows.length;
  canvas.height = rows.length;
  if (!brush) return;
  brush.fillStyle = '#fff';
  brush.fillRect(0, 0, rows.length, rows.length);
  brush.fillStyle = '#000';
  rows.forEach((row, y) => row.forEach((dark, x) => dark && brush.fillRect(x, y, 1, 1)));
}
