/** Records as columns; see sync/columns.py and docs/protocol.md section 2. */

import { canonicalString, DEPTH_MAX } from './canonical';
import { Problem } from './problems';

export type Plain = Readonly<Record<string, unknown>>;

type Column = unknown;
type Table = readonly [paths: readonly string[], columns: readonly Column[]];

export interface Packed {
  readonly n: number;
  readonly order: readonly number[];
  readonly tables: readonly Table[];
}

/** How much a packed text may unfold to: one value can stand for any number of records. */
export interface Limits {
  readonly records: number;
  readonly values: number;
  /** Characters of all values as JSON, about. */
  readonly chars: number;
}

export const PAGE_LIMITS: Limits = { records: 50_000, values: 1_000_000, chars: 64 * 1024 * 1024 };

/** Records of one form, each flat. */
interface Gathered {
  readonly paths: readonly string[];
  readonly rows: ReadonlyMap<string, unknown>[];
  readonly at: number;
}

/** JSON objects as tables of columns; unpack gives back exactly the same objects. */
export function pack(records: readonly Plain[]): Packed {
  const tables = new Map<string, Gathered>();
  const order: number[] = [];
  for (const record of records) {
    const flat = new Map(leavesOf(record, ''));
    const paths = [...flat.keys()].sort(byCodePoint);
    const form = JSON.stringify(paths);
    const table = tables.get(form) ?? { paths, rows: [], at: tables.size };
    tables.set(form, table);
    table.rows.push(flat);
    if (order.at(-2) === table.at) order.push(order.pop()! + 1);
    else order.push(table.at, 1);
  }
  const packed = [...tables.values()].map(({ paths, rows }): Table => {
    const columns = paths.map((path) => rows.map((row) => row.get(path)));
    return [paths, packColumns(columns)];
  });
  return { n: records.length, order, tables: packed };
}

function leavesOf(value: Plain, before: string): [string, unknown][] {
  return Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const path = before + key.replaceAll('~', '~0').replaceAll('/', '~1');
    return isPlain(item) && Object.keys(item).length > 0
      ? leavesOf(item, `${path}/`)
      : [[path, item]];
  });
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** UTF-16 orders what lies beyond the basic plane differently. */
function byCodePoint(a: string, b: string): number {
  const [these, those] = [[...a], [...b]];
  const at = these.findIndex((letter, index) => letter !== those[index]);
  if (at < 0) return these.length - those.length;
  return (these[at]?.codePointAt(0) ?? -1) - (those[at]?.codePointAt(0) ?? -1);
}

function packColumns(whole: readonly (readonly unknown[])[]): Column[] {
  return whole.map((values, number) => {
    if (values.every((value) => same(values[0], value))) return { c: values[0] };
    const equal = whole.findIndex((other) => other.every((value, at) => same(value, values[at])));
    return equal < number ? { e: equal } : (differences(values) ?? values);
  });
}

/** Are two JSON values one and the same? The order of keys is nothing. */
function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const both = [one, other].every((value) => typeof value === 'object' && value !== null);
  return both && canonicalString(one) === canonicalString(other);
}

function differences(values: readonly unknown[]): Column | null {
  let before = 0;
  const steps: number[] = [];
  for (const value of values) {
    if (!isInt(value)) return null;
    steps.push(value - before);
    before = value;
  }
  return steps.every(isInt) ? { d: steps } : null;
}

const isInt = (value: unknown): value is number => Number.isSafeInteger(value);

/**
 * The objects that pack was given, in their order. Refuses `columns_invalid` for what pack does
 * not write, and for more than the limits allow before it is unfolded.
 */
export function unpack(packed: unknown, limits: Limits = PAGE_LIMITS): Record<string, unknown>[] {
  if (!isPlain(packed) || Object.keys(packed).sort().join() !== 'n,order,tables') {
    return refuse('keys_exactly');
  }
  const { order, counts } = readOrder(packed.order, packed.n, limits);
  const { tables } = packed;
  if (!Array.isArray(tables) || tables.length !== counts.length) return refuse('tables_of_order');
  const left = { values: limits.values, chars: limits.chars };
  const unfolded = tables.map((table, at) => unfold(table, counts[at]!, left));
  const next = unfolded.map(() => 0);
  return order.map((table) => unfolded[table]![next[table]!++]!);
}

function refuse(rule: string): never {
  throw new Problem('columns_invalid', { rule });
}

/** The table of every record, and how many records every table has. */
function readOrder(given: unknown, total: unknown, limits: Limits) {
  if (!Array.isArray(given) || given.length % 2 || !given.every(isInt)) {
    return refuse('order_of_pairs');
  }
  const order: number[] = [];
  const counts: number[] = [];
  for (let at = 0; at < given.length; at += 2) {
    const [table, count] = given.slice(at, at + 2) as [number, number];
    if (count < 1 || table < 0 || table > counts.length) refuse('order_of_appearance');
    if (order.length + count > limits.records) refuse('records_max');
    counts[table] = (counts[table] ?? 0) + count;
    for (let n = 0; n < count; n += 1) order.push(table);
  }
  return order.length === total ? { order, counts } : refuse('records_max');
}

/** What may still be unfolded. */
interface Left {
  values: number;
  chars: number;
}

function unfold(table: unknown, count: number, left: Left): Record<string, unknown>[] {
  if (!Array.isArray(table) || table.length !== 2) return refuse('table_of_two');
  const [names, given] = table as [unknown, unknown];
  if (!Array.isArray(names) || !Array.isArray(given) || names.length !== given.length) {
    return refuse('a_column_a_path');
  }
  const paths = readPaths(names);
  left.values -= count * names.length;
  if (left.values < 0) refuse('values_max');
  const columns: Weighed[] = [];
  for (const column of given) columns.push(readColumn(column, count, columns, left));
  // No prototype: whatever a key is called, it is a key and nothing else.
  const records = Array.from({ length: count }, () => Object.create(null) as Inner);
  paths.forEach((path, at) => {
    const { values } = columns[at]!;
    records.forEach((record, n) => put(record, path, values[n]));
  });
  return records;
}

type Inner = { [key: string]: unknown };

function put(record: Inner, path: readonly string[], value: unknown): void {
  let inner = record;
  for (const key of path.slice(0, -1)) inner = (inner[key] ??= Object.create(null)) as Inner;
  inner[path.at(-1)!] = value;
}

/** The keys of every path. One that repeats another, or runs through it, is refused. */
function readPaths(names: readonly unknown[]): string[][] {
  const paths = names.map((name) => {
    if (typeof name !== 'string') return refuse('paths_are_text');
    if (/~(?![01])/.test(name)) refuse('path_escapes');
    return name.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  });
  if (paths.some((path) => path.length > DEPTH_MAX)) refuse('depth_max');
  const written = names as readonly string[];
  const all = new Set(written);
  const runsThrough = (name: string) =>
    [...name.matchAll(/\//g)].some(({ index }) => all.has(name.slice(0, index)));
  if (all.size < written.length || written.some(runsThrough)) refuse('paths_apart');
  return paths;
}

interface Weighed {
  readonly values: readonly unknown[];
  readonly chars: number;
}

/** The values of a column; it is weighed before it is unfolded. */
function readColumn(column: unknown, count: number, done: readonly Weighed[], left: Left): Weighed {
  const weigh = (chars: number) => {
    left.chars -= chars;
    return left.chars < 0 ? refuse('chars_max') : chars;
  };
  if (Array.isArray(column)) {
    if (column.length !== count) refuse('column_of_count');
    return { values: column, chars: weigh(column.reduce<number>((sum, v) => sum + weight(v), 0)) };
  }
  if (!isPlain(column) || Object.keys(column).length !== 1) return refuse('column_form');
  if ('c' in column) {
    const chars = weigh(weight(column.c) * count);
    return { values: new Array<unknown>(count).fill(column.c), chars };
  }
  if ('d' in column) {
    weigh(8 * count);
    return { values: summed(column.d, count), chars: 8 * count };
  }
  const equal = isInt(column.e) ? done[column.e] : undefined;
  if (!equal) return refuse('e' in column ? 'equal_to_earlier' : 'column_form');
  weigh(equal.chars);
  return equal;
}

function summed(steps: unknown, count: number): number[] {
  if (!Array.isArray(steps) || steps.length !== count) return refuse('column_of_count');
  let value = 0;
  return steps.map((step) => {
    if (!isInt(step)) return refuse('differences_are_integers');
    value += step;
    return isInt(value) ? value : refuse('integer_range');
  });
}

/** About the characters of a value as JSON. */
function weight(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  return typeof value === 'object' && value !== null ? JSON.stringify(value).length : 8;
}
