/** A place to sign with a finger. What is kept are the strokes as whole numbers, not a picture. */

import SignaturePad from 'signature_pad';
import { useEffect, useRef } from 'preact/hooks';
import { text } from '../text';

export interface Signature {
  readonly w: number;
  readonly h: number;
  /** Each stroke as x, y, milliseconds since the first point, x, y, … */
  readonly strokes: readonly (readonly number[])[];
}

interface Props {
  readonly label: string;
  readonly id: string;
  readonly onInk: (signature: Signature | null) => void;
}

/** Points closer than this carry no ink: it keeps a signature near 120 points. */
const MIN_DISTANCE_PX = 4;

export function Ink({ label, id, onInk }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pad = useRef<SignaturePad | null>(null);
  useEffect(() => {
    if (!canvas.current) return undefined;
    pad.current = prepare(canvas.current, onInk);
    return () => pad.current?.off();
  }, []);
  const clear = () => {
    pad.current?.clear();
    onInk(null);
  };
  return (
    <div class="ink">
      <div class="ink-top">
        <span>{label}</span>
        <button type="button" class="plain" onClick={clear} data-testid={`${id}-clear`}>
          {text.clearInk}
        </button>
      </div>
      <canvas ref={canvas} data-testid={id} aria-label={label} />
    </div>
  );
}

function prepare(
  canvas: HTMLCanvasElement,
  onInk: (signature: Signature | null) => void,
): SignaturePad {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = Math.max(1, devicePixelRatio);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.getContext('2d')?.scale(ratio, ratio);
  const pad = new SignaturePad(canvas, { minDistance: MIN_DISTANCE_PX, penColor: '#101f4d' });
  pad.addEventListener('endStroke', () => onInk(strokesOf(pad, width, height)));
  return pad;
}

function strokesOf(pad: SignaturePad, width: number, height: number): Signature | null {
  const groups = pad.toData();
  const start = groups[0]?.points[0]?.time ?? 0;
  const strokes = groups.map(({ points }) =>
    points.flatMap(({ x, y, time }) => [Math.round(x), Math.round(y), Math.round(time - start)]),
  );
  return strokes.length > 0 ? { w: Math.round(width), h: Math.round(height), strokes } : null;
}

/** The two lines of a slip as one signature: the second stands below the first. */
export function oneAboveOther(first: Signature, second: Signature | null): Signature {
  if (!second) return first;
  const lower = second.strokes.map((stroke) =>
    stroke.map((number, at) => (at % 3 === 1 ? number + first.h : number)),
  );
  return { w: first.w, h: first.h + second.h, strokes: [...first.strokes, ...lower] };
}
