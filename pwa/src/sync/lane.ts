/** A lane: the chain of events of one device. Where a batch stands, and how it travels. */

import { eventHash } from './canonical';
import { ZERO_HASH } from './events';
import type { Envelope } from './events';

/** One batch is one transaction: 100 events of about 600 bytes are 60 kB, 12 s at 40 kbit/s. */
export const BATCH_EVENTS_MAX = 100;

/** The last event of a lane held without a gap before it. seq 0 is an empty lane. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

export const EMPTY_LANE: Head = { seq: 0, hash: ZERO_HASH };

/** What the chain needs to know of an event. */
export interface Link {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
}

export type PlaceInLane = 'next' | 'behind' | 'gap' | 'fork';

export interface Extension {
  readonly head: Head;
  readonly places: readonly PlaceInLane[];
}

/** Walk a batch from the head and say of each event where it stands; see sync/lane.py. */
export function extend(start: Head, batch: readonly Link[]): Extension {
  let head = start;
  const places = batch.map((link) => {
    const place = placeOf(head, link);
    if (place === 'next') head = { seq: link.seq, hash: link.hash };
    return place;
  });
  return { head, places };
}

function placeOf(head: Head, link: Link): PlaceInLane {
  if (link.seq <= head.seq) return 'behind';
  if (link.seq > head.seq + 1) return 'gap';
  return link.prev === head.hash ? 'next' : 'fork';
}

/** What each event of a batch says for itself; the rest is said once, or found by hashing. */
export type WireEvent = Omit<Envelope, 'v' | 'lane' | 'seq' | 'prev' | 'actor' | 'app'>;

export interface Batch {
  readonly v: 1;
  readonly lane: string;
  readonly first_seq: number;
  readonly prev: string;
  readonly actor: string;
  readonly app: string;
  readonly events: readonly WireEvent[];
  readonly sig: string;
}

/** The wire form of consecutive events of one actor and one app, signed by the last one. */
export function packBatch(batch: readonly Envelope[], sig: string): Batch {
  const [first] = batch;
  if (!first) throw new Error('a batch has an event');
  const { lane, prev, actor, app } = first;
  return { v: 1, lane, first_seq: first.seq, prev, actor, app, events: batch.map(toWire), sig };
}

/** The full events of a batch with their hashes; packBatch undoes it. */
export async function expandBatch(
  push: Batch,
): Promise<readonly { readonly event: Envelope; readonly hash: string }[]> {
  const { lane, first_seq, actor, app } = push;
  const expanded: { event: Envelope; hash: string }[] = [];
  let { prev } = push;
  for (const [index, wire] of push.events.entries()) {
    const event: Envelope = { ...wire, v: 1, lane, seq: first_seq + index, prev, actor, app };
    prev = await eventHash(event);
    expanded.push({ event, hash: prev });
  }
  return expanded;
}

/** The first events that may travel together: one actor, one app, 100 at most. */
export function nextBatch<E extends Pick<Envelope, 'actor' | 'app'>>(
  unacked: readonly E[],
): readonly E[] {
  const [first] = unacked;
  const end = unacked.findIndex(
    ({ actor, app }, at) => at >= BATCH_EVENTS_MAX || actor !== first?.actor || app !== first.app,
  );
  return end < 0 ? unacked : unacked.slice(0, end);
}

function toWire(event: Envelope): WireEvent {
  const { kind, sv, visit, subject, base_rev, anchor, occurred_at, tz, boot, body } = event;
  return {
    kind, sv, case: event.case, visit, subject, base_rev, anchor, occurred_at, tz, boot, body,
  };
}
