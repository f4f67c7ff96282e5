/** The customer's copy as a picture: drawn here, so that it needs neither a signal nor a server. */

import { generate } from 'lean-qr/nano';
import type { Signature } from './ink';
import type { ReceiptPaper } from './receipt-paper';

interface Words {
  readonly title: string;
  readonly copy: string;
  readonly signature: string;
  readonly unsigned: string;
}

const WIDTH_PX = 720;
const HEIGHT_PX = 1600;
const EDGE_PX = 48;
const LABEL_PX = 170;
const QR_PX = 260;
const INK_PX = 90;

/**
 * Give the picture to another app where the browser can, else into the downloads. False if it could
 * be neither drawn nor given; a person who closes the list of apps has still chosen.
 * Its name holds the number, and nobody's name.
 */
export async function shareImage(
  paper: ReceiptPaper,
  ink: Signature | null,
  words: Words,
): Promise<boolean> {
  const blob = await toPng(draw(paper, ink, words));
  if (!blob) return false;
  const file = new File([blob], `${paper.number}.png`, { type: blob.type });
  if (navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file] }).catch(() => undefined);
    return true;
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}

const toPng = (canvas: HTMLCanvasElement): Promise<Blob | null> =>
  new Promise((done) => canvas.toBlob(done, 'image/png'));

/** A pen that goes down the page. */
interface Pen {
  readonly at: CanvasRenderingContext2D;
  y: number;
}

function draw(paper: ReceiptPaper, ink: Signature | null, words: Words): HTMLCanvasElement {
  const sheet = canvasOf(WIDTH_PX, HEIGHT_PX);
  const pen: Pen = { at: penOf(sheet), y: EDGE_PX };
  const { at } = pen;
  at.fillStyle = '#fff';
  at.fillRect(0, 0, WIDTH_PX, HEIGHT_PX);
  at.fillStyle = '#1d2a31';
  say(pen, paper.institution, 28);
  say(pen, `${words.title}　${words.copy}`, 40);
  say(pen, paper.number, 40);
  say(pen, paper.sum, 64);
  say(pen, paper.words, 32);
  for (const [label, value] of paper.lines) line(pen, label, value);
  line(pen, words.signature, ink ? '' : words.unsigned);
  if (ink) sign(pen, ink);
  const code = canvasOf(1, 1);
  generate(paper.link).toCanvas(code);
  at.imageSmoothingEnabled = false;
  at.drawImage(code, (WIDTH_PX - QR_PX) / 2, pen.y, QR_PX, QR_PX);
  pen.y += QR_PX;
  for (const note of paper.notes) say(pen, note, 24, 'left');
  return cut(sheet, pen.y + EDGE_PX);
}

/** Words in as many lines as they need. */
function say(pen: Pen, words: string, px: number, side: 'center' | 'left' = 'center'): void {
  const { at } = pen;
  at.font = `${px}px sans-serif`;
  at.textAlign = side;
  const x = side === 'center' ? WIDTH_PX / 2 : EDGE_PX;
  for (const row of rowsOf(at, words, WIDTH_PX - 2 * EDGE_PX)) {
    pen.y += Math.round(px * 1.4);
    at.fillText(row, x, pen.y);
  }
}

function line(pen: Pen, label: string, value: string): void {
  const { at } = pen;
  at.font = '28px sans-serif';
  at.textAlign = 'left';
  const rows = rowsOf(at, value, WIDTH_PX - 2 * EDGE_PX - LABEL_PX);
  at.fillText(label, EDGE_PX, pen.y + 44);
  for (const row of rows.length > 0 ? rows : ['']) {
    pen.y += 44;
    at.fillText(row, EDGE_PX + LABEL_PX, pen.y);
  }
}

/** Chinese may be broken behind any character. */
function rowsOf(at: CanvasRenderingContext2D, words: string, width: number): string[] {
  const rows: string[] = [];
  let row = '';
  for (const letter of words) {
    if (row && at.measureText(row + letter).width > width) {
      rows.push(row);
      row = '';
    }
    row += letter;
  }
  return row ? [...rows, row] : rows;
}

/** The payer's strokes beside their label, as high as three lines. */
function sign(pen: Pen, { w, h, strokes }: Signature): void {
  const { at } = pen;
  const scale = Math.min(INK_PX / h, (WIDTH_PX - 2 * EDGE_PX - LABEL_PX) / w);
  const [left, top] = [EDGE_PX + LABEL_PX, pen.y - 30];
  at.lineWidth = 3;
  at.lineCap = 'round';
  at.beginPath();
  for (const stroke of strokes) {
    for (let n = 0; n < stroke.length; n += 3) {
      const [x, y] = [left + stroke[n]! * scale, top + stroke[n + 1]! * scale];
      if (n === 0) at.moveTo(x, y);
      at.lineTo(x, y);
    }
  }
  at.stroke();
  pen.y = top + INK_PX;
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function penOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no canvas to draw on');
  return pen;
}

/** The sheet without what stayed empty below. */
function cut(sheet: HTMLCanvasElement, height: number): HTMLCanvasElement {
  const page = canvasOf(WIDTH_PX, Math.min(HEIGHT_PX, Math.round(height)));
  penOf(page).drawImage(sheet, 0, 0);
  return page;
}
