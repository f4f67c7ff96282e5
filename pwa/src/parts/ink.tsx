/**
 * A place to sign with a finger. What is kept are the strokes as whole numbers, not a picture.
 *
 * Drawn as ink: curves through the middles between points, thinner where the finger is quick.
 */

import { text } from './words';

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

/** What one record can hold. */
const STROKES_MAX = 64;
const NUMBERS_MAX = 6_000;

export const isTooMuch = ({ strokes }: Signature): boolean =>
  strokes.length > STROKES_MAX || strokes.flat().length > NUMBERS_MAX;

/** Points closer than this carry no ink: it keeps a signature near 120 points. */
const MIN_DISTANCE_PX = 3;
const WIDEST_PX = 3.4;
const THINNEST_PX = 1.4;

export function Ink({ label, id, onInk }: Props) {
  return (
    <div class="ink">
      <div class="row">
        <span>{label}</span>
        <button class="plain" data-testid={`${id}-clear`} onClick={(event) => clear(event, onInk)}>
          {text.clearInk}
        </button>
      </div>
      <canvas
        ref={(canvas) => {
          if (canvas && !canvas.onpointerdown) takeInk(canvas, onInk);
        }}
        data-testid={id}
        aria-label={label}
      />
    </div>
  );
}

function clear(event: Event, onInk: Props['onInk']): void {
  const canvas = (event.currentTarget as Element).closest('.ink')?.querySelector('canvas');
  if (canvas) takeInk(canvas, onInk);
}

/** An empty sheet: draws what the pointer does, and tells the strokes after each. */
function takeInk(canvas: HTMLCanvasElement, onInk: Props['onInk']): void {
  onInk(null);
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  pen?.scale(ratio, ratio);
  const strokes: number[][] = [];
  let stroke: number[] | null = null;
  let start = 0;
  const add = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    start ||= event.timeStamp;
    const x = Math.round(event.clientX - box.left);
    const y = Math.round(event.clientY - box.top);
    const [px = -99, py = -99] = stroke?.slice(-3) ?? [];
    if (Math.hypot(x - px, y - py) < MIN_DISTANCE_PX) return;
    stroke?.push(x, y, Math.round(event.timeStamp - start));
    if (pen && stroke) draw(pen, stroke);
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    stroke = [];
    strokes.push(stroke);
    add(event);
  };
  canvas.onpointermove = (event) => {
    if (stroke) (event.getCoalescedEvents?.() ?? [event]).forEach(add);
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    stroke = null;
    onInk({ w: Math.round(width), h: Math.round(height), strokes: strokes.map((one) => [...one]) });
  };
}

/** The newest piece of a stroke: a dot, or a curve between the last two middles. */
function draw(pen: CanvasRenderingContext2D, stroke: readonly number[]): void {
  const [ax = 0, ay = 0, at = 0, bx = ax, by = ay, , cx = bx, cy = by, ct = at] = stroke.slice(-9);
  const speed = Math.hypot(cx - ax, cy - ay) / Math.max(1, ct - at);
  pen.lineWidth = Math.max(THINNEST_PX, WIDEST_PX - speed);
  pen.lineCap = 'round';
  pen.strokeStyle = '#101f4d';
  pen.beginPath();
  pen.moveTo((ax + bx) / 2, (ay + by) / 2);
  pen.quadraticCurveTo(bx, by, (bx + cx) / 2, (by + cy) / 2);
  pen.stroke();
}

/** The two lines of a slip as one signature: the second stands below the first. */
export function oneAboveOther(first: Signature, second: Signature | null): Signature {
  if (!second) return first;
  const lower = second.strokes.map((stroke) =>
    stroke.map((number, at) => (at % 3 === 1 ? number + first.h : number)),
  );
  return { w: first.w, h: first.h + second.h, strokes: [...first.strokes, ...lower] };
}
