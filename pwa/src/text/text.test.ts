/** The words. Method: both languages compared leaf by leaf; what is put together is read aloud. */

import { expect, test } from 'vitest';
import { en } from './en';
import { papers } from './papers';
import { fill } from './words';
import { zh } from './zh';

/** Every sentence of a language by its place. */
function leaves(words: object, place = ''): [string, string][] {
  return Object.entries(words).flatMap(([name, value]: [string, unknown]) => {
    const at = `${place}.${name}`;
    return typeof value === 'string' ? [[at, value]] : leaves(value as object, at);
  });
}

const holes = (words: string): string[] => (words.match(/\{\d\}/g) ?? []).sort();

test('it says the same things in both languages, with the same blanks to fill', () => {
  const other = new Map(leaves(en));

  for (const [place, words] of leaves(zh)) {
    expect(other.has(place), place).toBe(true);
    expect(holes(other.get(place) ?? ''), place).toEqual(holes(words));
  }
  expect(other.size).toBe(leaves(zh).length);
});

test('it leaves no sentence empty', () => {
  for (const [place, words] of [...leaves(zh), ...leaves(en)]) expect(words, place).not.toBe('');
});

test('it fills blanks in any order', () => {
  expect(fill('{1} {0} {1}', 'a', 2)).toBe('2 a 2');
});

test('it names every blank of a paper that the program can fill', () => {
  const known =
    'no role addressee whose institution contract_no loan_on due_on as_of principal interest ' +
    'penalty cost contact made_on officers';
  const lines = [papers['notice-standard'], papers['notice-guarantor'], papers['notice-expired']];

  for (const name of lines.flat().flatMap((line) => line.match(/\w+(?=\})/g) ?? [])) {
    expect(known.split(' ')).toContain(name);
  }
});

/** Said by another screen (not saved, photo, second tab), or caught by the code that asked. */
const NOT_ON_THE_SYNC_PAGE = [
  'attachment_unknown',
  'halted',
  'head_moved',
  'not_an_image',
  'not_enrolled',
  'not_persistent',
  'short_write',
  'two_histories',
];

test('it has words and a next step for every trouble that the phone can have (peers 30)', () => {
  const sources = import.meta.glob<string>(['../**/*.ts', '../**/*.tsx', '!../**/*.test.*'], {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  const whole = Object.values(sources).join('\n');
  const thrown = [...whole.matchAll(/new Trouble\(\s*'([a-z_]+)'/g)].map(([, code]) => code!);
  expect(thrown.length).toBeGreaterThan(30);

  for (const code of new Set(thrown)) {
    if (NOT_ON_THE_SYNC_PAGE.includes(code)) continue;
    const [so, next] = zh.trouble[code] ?? [];
    expect(so, code).toMatch(/[\u4e00-\u9fff].*。$/);
    expect(next, code).toMatch(/[\u4e00-\u9fff].*。$/);
  }
});
