/**
 * The lanes of this phone: their order, what the server has of them, and whether it has another.
 *
 * A phone begins with one lane. It opens another when its memory has gone backwards: the first
 * event of the new one names the old one, and so the log alone tells their order. Whatever the
 * server says counts by hash, never by number: at one number there may be two events.
 */

import type { StoredEvent } from './db';
import type { Acks, LaneFacts, Mark } from './meta';
import type { LaneSaid } from './wire';

type Log = readonly StoredEvent[];

/** All events in the order of their lanes; what no lane leads to comes first. */
export function inOrder(log: Log, first: string): Log {
  if (log.every(({ lane }) => lane === first)) return log;
  const lanes = byLane(log);
  const chain = chainFrom(first, lanes);
  const others = [...lanes.keys()].filter((lane) => !chain.includes(lane));
  return [...others, ...chain].flatMap((lane) => lanes.get(lane) ?? []);
}

export function byLane(log: Log): ReadonlyMap<string, StoredEvent[]> {
  const lanes = new Map<string, StoredEvent[]>();
  for (const event of log) {
    const its = lanes.get(event.lane);
    if (its) its.push(event);
    else lanes.set(event.lane, [event]);
  }
  return lanes;
}

function chainFrom(first: string, lanes: ReadonlyMap<string, Log>): string[] {
  const chain = [first];
  for (let last: string | undefined = first; last !== undefined; ) {
    last = [...lanes].findLast(
      ([lane, [opening]]) => opening?.event.body.replaces === last && !chain.includes(lane),
    )?.[0];
    if (last !== undefined) chain.push(last);
  }
  return chain;
}

/** The lane in which recording goes on. */
export function currentLane(log: Log, first: string): string {
  return log.some(({ lane }) => lane === first) ? log.at(-1)!.lane : first;
}

/** How far marks reach in our own lanes; one whose hash is not ours says nothing. */
export function reach(
  log: Log,
  marks: Readonly<Record<string, Mark>>,
): ReadonlyMap<string, number> {
  const held = log.filter(({ lane, seq, hash }) => {
    const mark = marks[lane];
    return mark?.seq === seq && mark.hash === hash;
  });
  return new Map(held.map(({ lane, seq }) => [lane, seq]));
}

/** Events that the server has not acknowledged, oldest first. */
export function unsentIn(log: Log, acks: Acks): Log {
  const acked = reach(log, acks.lanes);
  const beside = new Set(acks.beside);
  return log.filter(({ lane, seq, hash }) => seq > (acked.get(lane) ?? 0) && !beside.has(hash));
}

/** Until the server has the new key of a wiped phone, the secret of enrolment vouches for us. */
export function needsResume(unsent: Log): boolean {
  return unsent.some(({ event }) => event.kind === 'key.rotated');
}

/** What an answer says, as far as acknowledgements go. */
export interface Heard {
  readonly epoch: string;
  readonly lanes: readonly LaneSaid[];
  /** Hashes of the events that the answer speaks of as taken. */
  readonly took: readonly string[];
}

/**
 * What is acknowledged after an answer. Another epoch forgets all that was known before, but for
 * what this answer proves: a restored server may lack what the lost one had.
 */
export function acksAfter(known: Acks, heard: Heard, log: Log): Acks {
  const base = known.epoch === heard.epoch ? known : { lanes: {}, beside: [] };
  const before = reach(log, base.lanes);
  const proved = reach(log, headsOf(heard.lanes));
  const beside = new Set([...base.beside, ...heard.took]);
  const lanes: Record<string, Mark> = {};
  const beyond: string[] = [];
  for (const [lane, events] of byLane(log)) {
    let end = Math.max(before.get(lane) ?? 0, proved.get(lane) ?? 0);
    for (const { seq, hash } of events) {
      if (seq <= end || (seq === end + 1 && beside.has(hash))) {
        end = Math.max(end, seq);
        if (seq === end) lanes[lane] = { seq, hash };
      } else if (beside.has(hash)) beyond.push(hash);
    }
  }
  return { epoch: heard.epoch, lanes, beside: beyond };
}

type Pick = (said: LaneSaid) => readonly [number, string | null];

function marksOf(said: readonly LaneSaid[], pick: Pick): Record<string, Mark> {
  return Object.fromEntries(
    said.flatMap((one) => {
      const [seq, hash] = pick(one);
      return seq > 0 && hash !== null ? [[one.lane, { seq, hash }] as const] : [];
    }),
  );
}

const headsOf = (said: readonly LaneSaid[]) =>
  marksOf(said, ({ head_seq, head_hash }) => [head_seq, head_hash]);

/**
 * The server has another event where ours is, or one where we have none: this phone is older than
 * it was, or there are two of it.
 */
export function isForked(said: readonly LaneSaid[], log: Log, lane: string): boolean {
  const head = said.find((one) => one.lane === lane);
  if (!head || head.head_seq === 0) return false;
  const ours = log.find((event) => event.lane === lane && event.seq === head.head_seq);
  return ours?.hash !== head.head_hash;
}

/**
 * What is archived and settled after an answer. Settled counts from a complete page on, for only
 * then do the rows show all that it covers; the archived number counts for a head that is ours.
 */
export function factsAfter(
  known: LaneFacts,
  said: readonly LaneSaid[],
  log: Log,
  complete: boolean,
): LaneFacts {
  const ours = reach(log, headsOf(said));
  const archived = marksOf(said, ({ lane, archived_seq }) => {
    const seq = Math.min(archived_seq, ours.get(lane) ?? 0);
    return [seq, log.find((event) => event.lane === lane && event.seq === seq)?.hash ?? null];
  });
  const settled = marksOf(said, ({ settled_seq, settled_hash }) => [settled_seq, settled_hash]);
  return { archived, settled: complete ? settled : known.settled };
}
