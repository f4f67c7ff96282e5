/** A QR code drawn on a canvas, as sharp as the screen allows. */

import { generate } from 'lean-qr/nano';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  readonly value: string;
  readonly label: string;
}

export function Qr({ value, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) generate(value).toCanvas(canvas.current);
  }, [value]);
  return <canvas ref={canvas} class="qr" role="img" aria-label={label} />;
}
