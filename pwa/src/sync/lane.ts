/** A lane: the chain of events of one device. Where a batch stands, and how it travels. */

import { eventHash } from './canonical';
import { pack, unpack } from './columns';
import type { Limits, Packed } from './columns';
import { ZERO_HASH } from './events';
import type { Envelope } from './events';
import type { Body } from './fields';
import { squeeze, unsqueeze } from './squeeze';

/** One batch is one transaction and one answer. A field day has some 150 events. */
export const BATCH_EVENTS_MAX = 400;

/** What the columns of a batch may unfold to. */
const BATCH_LIMITS: Limits = { records: BATCH_EVENTS_MAX, values: 100_000, chars: 8 << 20 };

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

/** An event with its identity. */
export interface Hashed {
  readonly event: Envelope;
  readonly hash: string;
}

/** A piece of a lane as it travels: what its events say alike is said once, the rest in columns. */
export interface Batch {
  readonly v: 1;
  readonly lane: string;
  readonly first_seq: number;
  readonly prev: string;
  readonly actor: string;
  readonly app: string;
  readonly events: Packed;
  readonly sig: string;
}

/** The wire form of consecutive events of one actor and one app, signed by the last one. */
export async function packBatch(batch: readonly Hashed[], sig: string): Promise<Batch> {
  const first = batch[0]?.event;
  if (!first) throw new Error('a batch has an event');
  const { lane, prev, actor, app } = first;
  const hashes = batch.map(({ hash }) => hash);
  const records = batch.map(async ({ event }, at) => {
    const { kind, sv, visit, subject, base_rev, anchor, occurred_at, tz, boot } = event;
    const body = await squeeze(event.body, hashes.slice(0, at));
    const said = { kind, sv, case: event.case, visit, subject, base_rev, anchor, occurred_at };
    return { ...said, tz, boot, body };
  });
  const events = pack(await Promise.all(records));
  return { v: 1, lane, first_seq: first.seq, prev, actor, app, events, sig };
}

/** The full events of a batch with their hashes; packBatch undoes it. */
export async function expandBatch(push: Batch): Promise<readonly Hashed[]> {
  const { lane, first_seq, actor, app } = push;
  const expanded: Hashed[] = [];
  const hashes: string[] = [];
  for (const [index, record] of unpack(push.events, BATCH_LIMITS).entries()) {
    const body = await unsqueeze(record.body as Body, hashes);
    const prev = hashes.at(-1) ?? push.prev;
    const wire = { ...record, v: 1, lane, seq: first_seq + index, prev, actor, app, body };
    const event = wire as unknown as Envelope;
    const hash = await eventHash(event);
    hashes.push(hash);
    expanded.push({ event, hash });
  }
  return expanded;
}

/** The first events that may travel together: one actor, one app, 400 at most. */
export function nextBatch<E extends Pick<Envelope, 'actor' | 'app'>>(
  unacked: readonly E[],
): readonly E[] {
  const [first] = unacked;
  const end = unacked.findIndex(
    ({ actor, app }, at) => at >= BATCH_EVENTS_MAX || actor !== first?.actor || app !== first.app,
  );
  return end < 0 ? unacked : unacked.slice(0, end);
}
