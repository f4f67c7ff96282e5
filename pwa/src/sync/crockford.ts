/** Crockford base 32: the characters behind a receipt number, and enrolment codes. */

import { Problem } from './problems';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE = /^[0-9A-HJKMNP-TV-Z]{8}$/;
const READ_AS: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' };

/** The first 20 bits of an event hash as four characters, printed behind its receipt number. */
export function checkCharacters(hashHex: string): string {
  const bits = Number.parseInt(hashHex.slice(0, 5), 16);
  return [15, 10, 5, 0].map((shift) => ALPHABET[(bits >> shift) & 31]).join('');
}

/** Eight characters from what was typed: any case, hyphens, O for 0. Refuses `code_unknown`. */
export function normalCode(typed: string): string {
  if (!isAscii(typed)) throw new Problem('code_unknown');
  const plain = typed.toUpperCase().replace(/[- ]/g, '').replace(/[ILO]/g, (c) => READ_AS[c] ?? c);
  if (!CODE.test(plain)) throw new Problem('code_unknown');
  return plain;
}

/** The code as people read it: XXXX-XXXX. */
export function showCode(code: string): string {
  const plain = normalCode(code);
  return `${plain.slice(0, 4)}-${plain.slice(4)}`;
}

const isAscii = (text: string): boolean => [...text].every((character) => character < '\x80');
