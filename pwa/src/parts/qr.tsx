/** A QR code drawn on a canvas, as sharp as the screen allows. */

import { generate } from 'lean-qr/nano';

interface Props {
  readonly value: string;
  readonly label: string;
}

export function Qr({ value, label }: Props) {
  const draw = (canvas: HTMLCanvasElement | null) => {
    if (canvas) generate(value).toCanvas(canvas);
  };
  return <canvas ref={draw} class="qr" role="img" aria-label={label} />;
}
