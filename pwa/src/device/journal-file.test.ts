/** The form of the journal on the disk. Method: damage the bytes as a kill or a power cut would. */

import { expect, test } from 'vitest';
import { utf8 } from './bytes';
import { crc32, frame, RECORD_BYTES_MAX, scan } from './journal-file';

function fileOf(...texts: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(texts.flatMap((text) => [...frame(utf8(text))]));
}

const texts = (file: Uint8Array<ArrayBuffer>): string[] =>
  scan(file).payloads.map((payload) => new TextDecoder().decode(payload));

test('it reads back what was written, in order', () => {
  expect(texts(fileOf('one', '二', 'three'))).toEqual(['one', '二', 'three']);
});

test('it uses the CRC-32 that everybody uses', () => {
  expect(crc32(utf8('123456789'))).toBe(0xcbf43926);
});

test('it stops at every possible torn tail, and keeps what is whole', () => {
  const whole = fileOf('one', 'two');
  const longer = fileOf('one', 'two', 'three');

  for (let length = whole.length; length < longer.length; length += 1) {
    const found = scan(longer.slice(0, length));

    expect(found.payloads).toHaveLength(2);
    expect(found.end).toBe(whole.length);
  }
});

test('it stops at a record whose bytes were changed', () => {
  const file = fileOf('one', 'two', 'three');
  file[fileOf('one').length + 9]! ^= 1;

  expect(texts(file)).toEqual(['one']);
});

test('it stops where a power cut left zeros behind a grown file', () => {
  const file = new Uint8Array(100);
  file.set(fileOf('one'));

  expect(scan(file).end).toBe(fileOf('one').length);
});

test('it takes a length beyond any record for damage', () => {
  const file = fileOf('one');
  new DataView(file.buffer).setUint32(0, RECORD_BYTES_MAX + 1);

  expect(scan(file)).toEqual({ payloads: [], end: 0 });
});

test('it reads nothing from the seven bytes of a lone header', () => {
  expect(scan(Uint8Array.from([0x11, 0x22, 0x33, 0x44, 0x4b, 0, 1])).end).toBe(0);
});
