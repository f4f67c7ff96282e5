/**
 * A message as an endless sequence of frames, any few of which give it back.
 *
 * Frames 0 to K-1 are its K blocks; every later frame is the XOR of a random half of them. See
 * sync/fountain.py, which says the same byte for byte.
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** 510 bytes in base45 are a QR code of 81 modules, which a cheap camera reads from a phone. */
export const BLOCK_BYTES_MAX = 500;
export const BLOCKS_MAX = 2048;
/** After the last number comes the first again. */
export const NUMBERS = 65_536;

const MARK = 0xf1;
const HEAD = 10;

/** Frames of so many messages are kept apart; a stray one never spoils another. */
const MESSAGES_MAX = 8;

/** The size of the blocks of a message of this length: equal blocks of at most 500 bytes. */
export function blockBytes(length: number): number {
  const blocks = Math.max(1, Math.ceil(length / BLOCK_BYTES_MAX));
  return Math.max(1, Math.ceil(length / blocks));
}

/** Frame `number` of a message; `sequence` are the first 4 bytes of its SHA-256 as a number. */
export function frame(message: Uint8Array, sequence: number, number: number): Bytes {
  const size = blockBytes(message.length);
  const blocks = Math.max(1, Math.ceil(message.length / size));
  const made = new Uint8Array(HEAD + size);
  const head = new DataView(made.buffer);
  head.setUint32(4, message.length);
  head.setUint8(0, MARK);
  head.setUint32(1, sequence);
  head.setUint16(8, number);
  const mask = maskOf(number, blocks);
  for (let block = 0; block < blocks; block += 1) {
    if (has(mask, block)) mix(made, HEAD, message.subarray(block * size, (block + 1) * size));
  }
  return made;
}

/** Which blocks are in a frame: bit k of the words stands for block k. */
export function maskOf(number: number, blocks: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(blocks / 32));
  if (number < blocks) return flip(words, number);
  const start = shake(number);
  for (let at = 0; at < words.length; at += 1) {
    words[at] = shake(start + Math.imul(at + 1, 0x9e3779b1));
  }
  const last = blocks % 32;
  if (last > 0) words[words.length - 1] = (words.at(-1) ?? 0) & (2 ** last - 1);
  return words.some(Boolean) ? words : flip(words, number % blocks);
}

const has = (mask: Uint32Array, bit: number): boolean =>
  (((mask[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 1;

function flip(mask: Uint32Array, bit: number): Uint32Array {
  mask[bit >> 5] = (mask[bit >> 5] ?? 0) ^ (1 << (bit & 31));
  return mask;
}

/** A number of 32 bits, well shaken: the same in every language. */
function shake(given: number): number {
  let number = given >>> 0;
  number = Math.imul(number ^ (number >>> 16), 0x7feb352d);
  number = Math.imul(number ^ (number >>> 15), 0x846ca68b);
  return (number ^ (number >>> 16)) >>> 0;
}

function mix(into: Uint8Array, from: number, data: Uint8Array): void {
  for (let at = 0; at < data.length; at += 1) {
    into[from + at] = (into[from + at] ?? 0) ^ (data[at] ?? 0);
  }
}

interface Row {
  readonly mask: Uint32Array;
  readonly data: Bytes;
}

/** The frames of one message so far, each reduced by the ones before it. */
class Equations {
  readonly rows = new Map<number, Row>();
  readonly blocks: number;

  constructor(
    readonly length: number,
    readonly size: number,
  ) {
    this.blocks = Math.max(1, Math.ceil(length / size));
  }

  /** True if the frame told something new. */
  add({ mask, data }: Row): boolean {
    for (let pivot = 0; pivot < this.blocks; pivot += 1) {
      if (!has(mask, pivot)) continue;
      const row = this.rows.get(pivot);
      if (!row) {
        this.rows.set(pivot, { mask, data });
        return true;
      }
      row.mask.forEach((word, at) => (mask[at] = (mask[at] ?? 0) ^ word));
      mix(data, 0, row.data);
    }
    return false;
  }

  get isComplete(): boolean {
    return this.rows.size === this.blocks;
  }

  /** The message, once there is a row for every block. */
  solved(): Bytes {
    const whole = new Uint8Array(this.blocks * this.size);
    for (let pivot = this.blocks - 1; pivot >= 0; pivot -= 1) {
      const row = this.rows.get(pivot);
      if (!row) throw new Error('a row for every block');
      const data = row.data.slice();
      for (let other = pivot + 1; other < this.blocks; other += 1) {
        if (has(row.mask, other)) {
          mix(data, 0, whole.subarray(other * this.size, (other + 1) * this.size));
        }
      }
      whole.set(data, pivot * this.size);
    }
    return whole.slice(0, this.length);
  }
}

/** Takes frames as a camera sees them: any order, with gaps, twice, of several messages. */
export class Collector {
  message: Bytes | null = null;
  /** What its frames called the message: the start of its SHA-256. */
  sequence: number | null = null;
  /** Independent frames of the message that is nearest to its end, and how many it needs. */
  have = 0;
  need = 0;
  private readonly messages = new Map<string, Equations>();

  /** Take in one frame. True if it told something new; what is no frame tells nothing. */
  add(frame: Uint8Array): boolean {
    const size = frame.length - HEAD;
    if (this.message || size < 1 || frame[0] !== MARK) return false;
    const head = new DataView(frame.buffer, frame.byteOffset, HEAD);
    const length = head.getUint32(4) & 0xffffff;
    const equations = this.of(frame.subarray(0, 8).join(), new Equations(length, size));
    if (equations.blocks > BLOCKS_MAX || equations.size !== size) return false;
    const mask = maskOf(head.getUint16(8), equations.blocks);
    if (!equations.add({ mask, data: Uint8Array.from(frame.subarray(HEAD)) })) return false;
    if (equations.rows.size >= this.have) {
      this.have = equations.rows.size;
      this.need = equations.blocks;
    }
    if (equations.isComplete) {
      this.message = equations.solved();
      this.sequence = head.getUint32(1);
    }
    return true;
  }

  private of(name: string, fresh: Equations): Equations {
    const known = this.messages.get(name) ?? fresh;
    this.messages.delete(name);
    const [oldest] = this.messages.keys();
    if (this.messages.size >= MESSAGES_MAX && oldest) this.messages.delete(oldest);
    this.messages.set(name, known);
    return known;
  }
}
