/**
 * The small language in which the fields of a body are written, and its one reader.
 * The words are explained in sync/fields.py.
 */

import { isDate } from './dates';

/** A rule is a word with limits behind colons, or a table: an object with exactly those keys. */
export type Rule = string | Rules;
export interface Rules {
  readonly [field: string]: Rule;
}

export type Body = Readonly<Record<string, unknown>>;

/** One field that breaks its rule, and the reason for quarantine that this leads to. */
export interface Fault {
  readonly field: string;
  readonly value: unknown;
  readonly rule: string;
  readonly reason: string;
}

/** The largest sum for one slip, in fen: five million yuan. Above it a bank moves the money. */
export const AMOUNT_FEN_MAX = 5_000_000_00;

const TEXT_CHARS_MAX = 500;
const LIST_ITEMS_MAX = 64;

/** Numbers in all strokes of one signature: 2,000 points of x, y and time. */
export const STROKE_NUMBERS_MAX = 6000;

/** Every fault of an object against its table: missing, unknown and broken fields. */
export function checkFields(rules: Rules, body: Body): Fault[] {
  const faults = Object.entries(rules).flatMap(([name, rule]) => {
    const field = name.replace(/\?$/, '');
    if (!Object.hasOwn(body, field)) return [fault(field, null, 'missing')];
    if (body[field] === null && name !== field) return [];
    return checkValue(field, body[field], rule);
  });
  const unknown = Object.keys(body)
    .filter((key) => !Object.hasOwn(rules, key) && !Object.hasOwn(rules, `${key}?`))
    .sort();
  return [...faults, ...unknown.map((key) => fault(key, body[key], 'unknown'))];
}

function checkValue(field: string, value: unknown, rule: Rule): Fault[] {
  if (typeof rule !== 'string') {
    if (!isObject(value)) return [fault(field, value, 'object')];
    const inside = (inner: Fault): Fault => ({ ...inner, field: `${field}.${inner.field}` });
    return checkFields(rule, value).map(inside);
  }
  const [word, limits] = cut(rule);
  const read = READERS[word];
  if (!read) throw new Error(`no reader for ${word}`);
  if (read(value, limits)) return [];
  return [{ ...fault(field, value, rule), reason: word === 'amount' ? 'amount_invalid' : BROKEN }];
}

const BROKEN = 'body_invalid';

function fault(field: string, value: unknown, rule: string): Fault {
  return { field, value, rule, reason: BROKEN };
}

function cut(rule: string): [string, string] {
  const at = rule.indexOf(':');
  return at < 0 ? [rule, ''] : [rule.slice(0, at), rule.slice(at + 1)];
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInt(value: unknown, limits: string): boolean {
  const [low, high] = cut(limits);
  return (
    Number.isSafeInteger(value) &&
    Number(value) >= (low ? Number(low) : Number.MIN_SAFE_INTEGER) &&
    Number(value) <= (high ? Number(high) : Number.MAX_SAFE_INTEGER)
  );
}

/** Characters are code points, so that a rare name counts the same in both languages. */
function isText(value: unknown, limits: string): boolean {
  if (typeof value !== 'string' || value.includes('\0')) return false;
  return value !== '' && [...value].length <= Number(limits || TEXT_CHARS_MAX);
}

function isHex(value: unknown, limits: string): boolean {
  return typeof value === 'string' && value.length === Number(limits) && /^[0-9a-f]*$/.test(value);
}

function isList(value: unknown, limits: string): boolean {
  if (!Array.isArray(value) || value.length > LIST_ITEMS_MAX) return false;
  return value.every((item) => checkValue('', item, limits).length === 0);
}

/** Lists of x, y, t, x, y, t, ... as whole numbers, and at least one point of ink. */
function isStrokes(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 1 || value.length > LIST_ITEMS_MAX) return false;
  const isLine = (line: unknown): line is unknown[] =>
    Array.isArray(line) && line.length > 0 && line.length % 3 === 0;
  const lines: readonly unknown[] = value;
  if (!lines.every(isLine)) return false;
  const numbers = lines.flat();
  return numbers.length <= STROKE_NUMBERS_MAX && numbers.every((number) => isInt(number, ''));
}

const READERS: Readonly<Record<string, (value: unknown, limits: string) => boolean>> = {
  amount: (value) => isInt(value, `1:${AMOUNT_FEN_MAX}`),
  bool: (value) => typeof value === 'boolean',
  date: isDate,
  fen: (value) => isInt(value, `0:${AMOUNT_FEN_MAX}`),
  hex: isHex,
  id: (value) => typeof value === 'string' && /^[!-~]{1,64}$/.test(value),
  int: isInt,
  list: isList,
  object: isObject,
  one: (value, limits) => typeof value === 'string' && limits.split('|').includes(value),
  strokes: isStrokes,
  text: isText,
};
