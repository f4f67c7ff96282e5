/** Base45 (RFC 9285): bytes in the 45 letters that a QR code packs best; see sync/base45.py. */

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Two bytes as three letters, a last single byte as two. */
export function toBase45(data: Uint8Array): string {
  let text = '';
  for (let at = 0; at < data.length; at += 2) {
    const two = at + 1 < data.length;
    const first = data[at] ?? 0;
    let number = two ? first * 256 + (data[at + 1] ?? 0) : first;
    for (let place = two ? 3 : 2; place > 0; place -= 1) {
      text += LETTERS[number % 45];
      number = Math.floor(number / 45);
    }
  }
  return text;
}

/** The bytes of a text, or null if it is not what toBase45 writes. */
export function fromBase45(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 3 === 1) return null;
  const data: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const values = [...text.slice(at, at + 3)].map((letter) => LETTERS.indexOf(letter));
    if (values.includes(-1)) return null;
    const number = values.reduceRight((sum, value) => sum * 45 + value, 0);
    const two = values.length === 3;
    if (number >= (two ? 65_536 : 256)) return null;
    if (two) data.push(number >> 8);
    data.push(number & 255);
  }
  return Uint8Array.from(data);
}
