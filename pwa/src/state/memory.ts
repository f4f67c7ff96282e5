/**
 * Has this phone forgotten something? A word in another store says how far the log had come.
 *
 * Browsers clear stores one by one, and images of phones are restored; what is gone cannot be
 * brought back from here, but it can be said: how many records, and the last receipt number.
 */

import type { StoredEvent } from '../store/db';
import type { News } from '../store/meta';

type Log = readonly StoredEvent[];

/** How far the log had come, as the sentinel says it. */
export interface Seen {
  readonly lane: string;
  readonly seq: number;
  /** The first 16 characters of the hash at `seq`. */
  readonly hash: string;
  /** The last receipt number used. */
  readonly receipt_no: string | null;
}

const HASH_CHARS = 16;

/** What to leave as word after a save. */
export function sentinelText(log: Log): string {
  const { lane, seq, hash } = log.at(-1)!;
  const seen: Seen = { lane, seq, hash: hash.slice(0, HASH_CHARS), receipt_no: lastReceipt(log) };
  return JSON.stringify(seen);
}

/** A word that is none of ours, or from an older build, says nothing. */
export function readSentinel(text: string | null): Seen | null {
  try {
    const seen = JSON.parse(text ?? 'null') as Seen | null;
    return seen && typeof seen.seq === 'number' ? seen : null;
  } catch {
    return null;
  }
}

function lastReceipt(log: Log): string | null {
  const slip = log.findLast(({ event }) => event.kind === 'cash.receipt');
  return slip ? String(slip.event.body.receipt_no) : null;
}

/** What is gone from the log, or null if all is there that was seen. */
export function missingFrom(log: Log, seen: Seen | null): Omit<News, 'kind'> | null {
  if (!seen || seen.seq === 0) return null;
  const its = log.filter(({ lane }) => lane === seen.lane);
  if (its.some(({ seq, hash }) => seq === seen.seq && hash.startsWith(seen.hash))) return null;
  const records = Math.max(0, seen.seq - (its.at(-1)?.seq ?? 0));
  const isKnown = log.some(({ event }) => event.body.receipt_no === seen.receipt_no);
  return { records, receipt_no: isKnown ? null : seen.receipt_no };
}
