/** The sentinel's word against the log. Method: logs that are whole, short, and another's. */

import { expect, test } from 'vitest';
import type { StoredEvent } from '../store/db';
import { missingFrom, readSentinel, sentinelText } from './memory';

const A = 'a'.repeat(32);

function stored(seq: number, receipt_no?: string): StoredEvent {
  const event = { kind: receipt_no ? 'cash.receipt' : 'visit.started', body: { receipt_no } };
  return { lane: A, seq, hash: String(seq).padEnd(64, '0'), sig: '', event: event as never };
}

const LOG = [stored(1), stored(2, 'SJ000104'), stored(3), stored(4, 'SJ000105')];
const seen = () => readSentinel(sentinelText(LOG));

test('it misses nothing while the log is as it was, or has grown', () => {
  expect(missingFrom(LOG, seen())).toBeNull();
  expect(missingFrom([...LOG, stored(5)], seen())).toBeNull();
});

test('it says how many records are gone, and the last receipt number', () => {
  expect(missingFrom(LOG.slice(0, 2), seen())).toEqual({ records: 2, receipt_no: 'SJ000105' });
  expect(missingFrom([], seen())).toEqual({ records: 4, receipt_no: 'SJ000105' });
});

test('it does not name a number that is still there', () => {
  const last = readSentinel(sentinelText([...LOG, stored(5)]));

  expect(missingFrom(LOG, last)).toEqual({ records: 1, receipt_no: null });
});

test('it notices another event in the same place', () => {
  const other = { ...stored(4), hash: 'f'.repeat(64) };

  expect(missingFrom([...LOG.slice(0, 3), other], seen())).toMatchObject({ records: 0 });
});

test.each([
  ['nothing', null],
  ['the lane alone, as older builds wrote it', A],
  ['JSON of somebody else', '{"theme":"dark"}'],
  ['null', 'null'],
  ['a phone that has enrolled and recorded nothing', JSON.stringify({ lane: A, seq: 0 })],
])('it misses nothing for %s', (_, text) => {
  expect(missingFrom([], readSentinel(text))).toBeNull();
});
