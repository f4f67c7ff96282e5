/** What a body need not say, for it follows from the rest; see sync/squeeze.py. */

import { sha256Hex } from './canonical';
import { capitals, CAPITALS_FEN_MAX } from './capitals';
import type { Body } from './fields';
import { Problem } from './problems';

const MARK = '~';
const REFERENCES: readonly string[] = ['made', 'target', 'about'];
const FIELDS = ['text_hash', 'words', ...REFERENCES];

/** A difference of two such numbers takes six characters at most, and 32 bits with its sign. */
const STROKE_NUMBER_MAX = 2 ** 28;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const GROUPS_MAX = 7;

type Strokes = readonly (readonly number[])[];

/** The body with marks where they say all. `before`: hashes of the events before in the batch. */
export async function squeeze(body: Body, before: readonly string[]): Promise<Body> {
  const squeezed: Record<string, unknown> = { ...body };
  for (const field of FIELDS) {
    const value = body[field];
    if (typeof value === 'string') {
      squeezed[field] = (await markOf(field, value, body, before)) ?? escaped(value);
    }
  }
  const signature = signatureOf(body);
  if (signature && 'strokes' in signature) {
    squeezed.signature = { ...signature, strokes: squeezedStrokes(signature.strokes) };
  }
  return squeezed;
}

/** The full body; squeeze undone. Refuses `batch_invalid` for a mark that says nothing. */
export async function unsqueeze(body: Body, before: readonly string[]): Promise<Body> {
  const full: Record<string, unknown> = { ...body };
  for (const field of FIELDS) {
    const value = body[field];
    if (typeof value !== 'string' || !value.startsWith(MARK)) continue;
    full[field] = isEscaped(value) ? value.slice(1) : await meant(field, value, body, before);
  }
  const signature = signatureOf(body);
  const strokes = signature?.strokes;
  if (typeof strokes === 'string' && strokes.startsWith(MARK)) {
    const said = strokes.slice(1);
    full.signature = { ...signature, strokes: isEscaped(strokes) ? said : readStrokes(said) };
  }
  return full;
}

/** Strokes as differences in base64 VLQ: each list its length first, then dx, dy, dt, … */
export function writeStrokes(strokes: Strokes): string {
  const lists = strokes.map((stroke) => [
    stroke.length,
    ...stroke.map((value, at) => value - (stroke[at - 3] ?? 0)),
  ]);
  return lists.flat().map(vlq).join('');
}

/** The strokes that writeStrokes wrote. Refuses `batch_invalid`. */
export function readStrokes(text: string): number[][] {
  const numbers = readVlq(text);
  const strokes: number[][] = [];
  for (let at = 0; at < numbers.length; ) {
    const length = numbers[at]!;
    at += 1;
    if (length < 0 || length % 3 || at + length > numbers.length) {
      refuse('signature.strokes', 'whole_points');
    }
    const stroke = numbers.slice(at, at + length);
    for (let index = 3; index < length; index += 1) stroke[index]! += stroke[index - 3]!;
    strokes.push(stroke);
    at += length;
  }
  return strokes;
}

/** The mark from which the value can be found again, if there is one. */
async function markOf(field: string, value: string, body: Body, before: readonly string[]) {
  if (!REFERENCES.includes(field)) return value === (await derived(field, body)) ? MARK : null;
  const at = before.indexOf(value);
  return at < 0 ? null : `${MARK}${before.length - at}`;
}

async function meant(field: string, mark: string, body: Body, before: readonly string[]) {
  if (REFERENCES.includes(field)) {
    const back = /^[1-9][0-9]{0,3}$/.test(mark.slice(1)) ? Number(mark.slice(1)) : 0;
    return (back && before.at(-back)) || refuse(field, 'places_before');
  }
  return (mark === MARK && (await derived(field, body))) || refuse(field, 'mark');
}

/** What `text_hash` and `words` say if they say what they should. */
async function derived(field: string, body: Body): Promise<string | null> {
  const { text, amount_fen: fen } = body;
  if (field === 'text_hash') {
    const isText = typeof text === 'string' && !/\p{Surrogate}/u.test(text);
    return isText ? sha256Hex(new TextEncoder().encode(text)) : null;
  }
  const isAmount = Number.isInteger(fen) && Number(fen) >= 0 && Number(fen) <= CAPITALS_FEN_MAX;
  return isAmount ? capitals(Number(fen)) : null;
}

function signatureOf({ signature }: Body): Body | null {
  const isObject = typeof signature === 'object' && signature !== null && !Array.isArray(signature);
  return isObject ? (signature as Body) : null;
}

const escaped = (value: string): string => (value.startsWith(MARK) ? MARK + value : value);
const isEscaped = (value: string): boolean => value.startsWith(MARK + MARK);

function squeezedStrokes(strokes: unknown): unknown {
  if (typeof strokes === 'string') return escaped(strokes);
  const isWhole = Array.isArray(strokes) && strokes.every(isStroke);
  return isWhole ? MARK + writeStrokes(strokes as Strokes) : strokes;
}

function isStroke(stroke: unknown): boolean {
  if (!Array.isArray(stroke) || stroke.length % 3) return false;
  return stroke.every((n) => Number.isInteger(n) && Math.abs(n as number) <= STROKE_NUMBER_MAX);
}

function vlq(number: number): string {
  let rest = number < 0 ? -number * 2 + 1 : number * 2;
  let written = '';
  for (; rest > 31; rest >>>= 5) written += ALPHABET[(rest & 31) | 32];
  return written + ALPHABET[rest];
}

function readVlq(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let groups = 0;
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0 || groups === GROUPS_MAX) refuse('signature.strokes', 'base64_vlq');
    value += (digit & 31) * 32 ** groups;
    groups += 1;
    if (digit & 32) continue;
    const size = Math.floor(value / 2);
    numbers.push(value % 2 ? 0 - size : size);
    value = 0;
    groups = 0;
  }
  return groups ? refuse('signature.strokes', 'base64_vlq') : numbers;
}

function refuse(field: string, rule: string): never {
  throw new Problem('batch_invalid', { field, rule });
}
