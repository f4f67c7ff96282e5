/** The camera as a reader of QR codes: the phone's own reader where it has one, else a library. */

import { within } from './clock';
import type { Clock } from './clock';
import { Trouble } from './trouble';

/** Reads one picture; null when there is no code in it. */
export type Reader = (frame: HTMLVideoElement | HTMLCanvasElement) => Promise<string | null>;

interface Detector {
  detect(source: CanvasImageSource): Promise<readonly { readonly rawValue: string }[]>;
}

interface DetectorKind {
  new (options: { formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

const CAMERA = {
  audio: false,
  video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
} as const;

/** A code is held into the middle: pictures are cut to a square of at most so many pixels. */
const SQUARE_PX_MAX = 720;

/** Between two looks, so that a slow phone still moves its buttons. */
const REST_MS = 15;

/** A camera that gives no picture within this time is taken by somebody else. */
const CAMERA_MS = 15_000;

/**
 * Looks through the camera and tells of every code it reads, until the returned function is
 * called. Throws `no_camera` when there is none or the officer does not allow it.
 */
export async function watch(
  clock: Clock,
  video: HTMLVideoElement,
  onText: (text: string) => void,
): Promise<() => void> {
  const stream = await openCamera(clock);
  video.srcObject = stream;
  const reader = await makeReader();
  let going = true;
  const look = async () => {
    if (!going) return;
    const text = video.readyState >= 2 ? await reader(video).catch(() => null) : null;
    if (text !== null && going) onText(text);
    clock.after(REST_MS, () => void look());
  };
  await video.play().catch(() => undefined);
  void look();
  return () => {
    going = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}

async function openCamera(clock: Clock): Promise<MediaStream> {
  try {
    return await within(clock, navigator.mediaDevices.getUserMedia(CAMERA), CAMERA_MS);
  } catch {
    throw new Trouble('no_camera');
  }
}

/** The browser's own reader is ten times as quick, and few browsers have it. */
export async function makeReader(): Promise<Reader> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorKind };
  const formats = (await BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
  if (BarcodeDetector && formats.includes('qr_code')) {
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    return async (frame) => (await detector.detect(frame))[0]?.rawValue ?? null;
  }
  return libraryReader();
}

async function libraryReader(): Promise<Reader> {
  const { decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  if (!brush) throw new Trouble('no_camera');
  return async (frame) => {
    const [width, height] =
      frame instanceof HTMLVideoElement
        ? [frame.videoWidth, frame.videoHeight]
        : [frame.width, frame.height];
    const side = Math.min(width, height);
    const size = Math.min(side, SQUARE_PX_MAX);
    canvas.width = size;
    canvas.height = size;
    const [left, top] = [(width - side) / 2, (height - side) / 2];
    brush.drawImage(frame, left, top, side, side, 0, 0, size, size);
    try {
      return decodeQR(brush.getImageData(0, 0, size, size), { format: 'RGBA' });
    } catch {
      return null; // no code in this picture, or one that is blurred
    }
  };
}
