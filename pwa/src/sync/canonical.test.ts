/**
 * Canonical text, beyond the vectors: the values that only JavaScript has.
 *
 * Method: each is put where an amount could stand; none may get a hash by accident.
 */

import { describe, expect, test } from 'vitest';
import { canonicalBytes, canonicalString, DEPTH_MAX, eventHash, sha256Hex } from './canonical';
import { Problem } from './problems';

function ruleOf(value: unknown): unknown {
  try {
    return canonicalString({ body: [value] });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.code).toBe('not_canonical');
    return error.details.rule;
  }
}

describe('canonicalString', () => {
  test.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a date', new Date(0)],
    ['a map', new Map([['a', 1]])],
    ['bytes', new Uint8Array(2)],
    ['an object of a class', new (class Slip { amount = 1; })()],
    ['a boxed number', Object(1)],
    ['a hole in a list', [1, , 2]],
    ['a key without a value', { a: undefined }],
  ])('it refuses %s', (_, value) => {
    expect(ruleOf(value)).toBe('kind_of_value');
  });

  test('it refuses a number that has lost its last digit', () => {
    expect(ruleOf(2 ** 53)).toBe('integer_range');
    expect(ruleOf(JSON.parse('9007199254740993'))).toBe('integer_range');
  });

  test('it refuses a value that contains itself', () => {
    const endless: unknown[] = [];
    endless.push(endless);

    expect(ruleOf(endless)).toBe('depth_max');
  });

  test('it goes as deep as it says', () => {
    let value: unknown = 0;
    for (let level = 0; level < DEPTH_MAX; level += 1) value = [value];

    expect(canonicalString(value)).toBe(`${'['.repeat(DEPTH_MAX)}0${']'.repeat(DEPTH_MAX)}`);
    expect(() => canonicalString([value])).toThrow(Problem);
  });

  test('it takes an object without a prototype, and minus zero for zero', () => {
    const bare = Object.assign(Object.create(null) as object, { b: -0, a: [] });

    expect(canonicalString(bare)).toBe('{"a":[],"b":0}');
  });

  test('it does not change what it was given', () => {
    const given = { b: [2, 1], a: { d: 1, c: 2 } };
    const before = JSON.stringify(given);

    canonicalString(given);

    expect(JSON.stringify(given)).toBe(before);
  });
});

test('it hashes the UTF-8 of the canonical text', async () => {
  const event = { b: '测', a: 1 };

  expect(new TextDecoder().decode(canonicalBytes(event))).toBe('{"a":1,"b":"测"}');
  expect(await eventHash(event)).toBe(await sha256Hex(canonicalBytes(event)));
  expect(await sha256Hex(new Uint8Array())).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
});
