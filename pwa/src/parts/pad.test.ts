/** The number pad. Method: keys pressed one after the other, also by a thumb that slips. */

import { expect, test } from 'vitest';
import { pressed } from './pad';

const typed = (keys: string): string => [...keys].reduce(pressed, '');

test.each([
  ['600', '600'],
  ['1200.5', '1200.5'],
  ['.5', '0.5'],
  ['1..5', '1.5'],
  ['1.234', '1.23'],
  ['007', '7'],
  ['12<3', '13'],
  ['<<', ''],
  ['1234567890123', '123456789012'],
])('it reads the keys %s as %s', (keys, amount) => {
  expect(typed(keys)).toBe(amount);
});
