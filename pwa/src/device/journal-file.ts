/**
 * The form of the journal on the disk: records of length, CRC-32 and payload.
 *
 * A kill or a power cut can leave a torn record at the end, and nothing else; `scan` tells how
 * far the file is whole. Numbers are big-endian, 4 bytes each.
 */

const HEADER = 8;

/** One record may not be larger; a length beyond it is damage, not data. An event is 64 kB. */
export const RECORD_BYTES_MAX = 8_000_000;

const TABLE = Uint32Array.from({ length: 256 }, (_, start) => {
  let sum = start;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff]! ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** A payload as it stands in the file. */
export function frame(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(HEADER + payload.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, payload.length);
  view.setUint32(4, crc32(payload));
  record.set(payload, HEADER);
  return record;
}

export interface Scan {
  readonly payloads: readonly Uint8Array<ArrayBuffer>[];
  /** The file is whole up to here; what follows is torn and must be cut off. */
  readonly end: number;
}

/** Every whole record from the start of the file. An empty record ends it too. */
export function scan(file: Uint8Array<ArrayBuffer>): Scan {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const payloads: Uint8Array<ArrayBuffer>[] = [];
  let end = 0;
  while (end + HEADER <= file.length) {
    const length = view.getUint32(end);
    const next = end + HEADER + length;
    // A power cut can leave zeros where the size of the file was already grown.
    if (length === 0 || length > RECORD_BYTES_MAX || next > file.length) break;
    const payload = file.subarray(end + HEADER, next);
    if (crc32(payload) !== view.getUint32(end + 4)) break;
    payloads.push(payload);
    end = next;
  }
  return { payloads, end };
}
