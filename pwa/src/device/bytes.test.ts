/** Bytes. Method: an answer that another language packed, unpacked behind what had come of it. */

import { expect, test } from 'vitest';
import { fromBase64url, fromUtf8, inflateAfter, join, utf8 } from './bytes';

const ROWS = Array.from({ length: 2000 }, (_, i) => `{"id":"L${i}","due":${(i * 7919) % 100000}}`);
const PLAIN = utf8(ROWS.join(''));
const BASE = 49759;

/** The bytes from BASE on, packed by Python's zlib as raw deflate, with the 32,768 before BASE. */
const PACKED =
  'Td1BDoQgEEXBK80HFLz_xeyOi6m1u9aQR1Tqu8JrBO2TgJ_cR_wk6CcVzsYh_EltPoxD_JNaf8xDABT5' +
  'k-' +
  'ifyJ8E_6S_gnEAmMNLASUQKHUDjEMMlP7D3AFwjs0WQQkKSpWZcQiDck8ZlOCg7OigBAhlP0IoQUKpO2' +
  'AcQqHU420dYqFMKZRgofQJtI4AgfiRQwkeytiCKEFEqZ2QcQiJsoYkSjBRagE3DkFRriOKElSUetSMQ1' +
  'iUvWRRgotyhi5KgFEqGIxDZJQ-NMAZeJCNcQiN0r9-OoJ_HI4hjhJ0lPlrHeUF';

test('it unpacks with the bytes that had come before as dictionary', async () => {
  const rest = await inflateAfter(PLAIN.slice(0, BASE), fromBase64url(PACKED));

  expect(fromUtf8(join([PLAIN.slice(0, BASE), rest]))).toBe(ROWS.join(''));
});

test('it unpacks without any dictionary', async () => {
  const way = new CompressionStream('deflate-raw');
  const stream = new Blob([utf8('hello')]).stream().pipeThrough(way);
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());

  expect(fromUtf8(await inflateAfter(new Uint8Array(0), packed))).toBe('hello');
});

test('it refuses a rest that is torn, or packed behind something else', async () => {
  const packed = fromBase64url(PACKED);

  await expect(inflateAfter(PLAIN.slice(0, BASE), packed.slice(0, -9))).rejects.toThrow();
  const other = await inflateAfter(PLAIN.slice(7, BASE + 7), packed);
  expect(fromUtf8(other)).not.toBe(fromUtf8(PLAIN.slice(BASE)));
});

test('it joins nothing, and pieces in their order', () => {
  expect(join([]).length).toBe(0);
  expect([...join([Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)])]).toEqual([1, 2, 3]);
});
