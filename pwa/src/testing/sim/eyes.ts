/** What can be seen of a phone from outside, for the checks of the simulation. */

import { shown } from '../../state/shown';
import { phone, sync } from '../../state/start';
import { ownEvents } from '../../state/view';
import type { StoredEvent } from '../../store/db';

export interface Look {
  readonly stage: string;
  readonly details: string;
  readonly lostAll: boolean;
  /** Absent until the phone is ready. */
  readonly phone?: PhoneLook;
}

interface PhoneLook {
  readonly identity: unknown;
  readonly log: readonly unknown[];
  /** In which history, and which of its events are acknowledged there. */
  readonly acked: { readonly epoch: string; readonly hashes: readonly string[] };
  readonly pull: unknown;
  readonly verdicts: readonly unknown[];
  readonly rows: readonly unknown[];
  /** For each row that events may be laid over: those over it, and those under review. */
  readonly laid: readonly unknown[];
  readonly hand_fen: number;
  readonly counted_fen: number;
  /** What the server counted over all lanes, and as of which tick; null with one lane. */
  readonly hand_total_fen: number | null;
  readonly hand_as_of: number;
  /** By which tick each own event is known to be applied, or judged otherwise. */
  readonly ticks: readonly unknown[];
  readonly unsent: number;
  readonly sync: unknown;
  readonly halted: boolean;
  readonly restored: number;
  readonly persisted: boolean;
}

const seenEvent = ({ lane, seq, hash, event }: StoredEvent) => {
  const { household, loan, target, amount_fen } = event.body;
  return { lane, seq, hash, kind: event.kind, household, loan, target, amount_fen };
};

function laidRows(): unknown[] {
  return [...shown.houses.value.values()].flatMap(({ row, loans }) => [
    ['household', row.id, row.pending, row.under_review.map(({ hash }) => hash)],
    ...loans.map((loan) => [
      'loan',
      loan.id,
      loan.pending,
      loan.under_review.map(({ hash }) => hash),
    ]),
  ]);
}

function ackedHashes(): string[] {
  const unsent = new Set(phone.unsent.value.map(({ hash }) => hash));
  return phone.log.value.map(({ hash }) => hash).filter((hash) => !unsent.has(hash));
}

function lookAtPhone(): PhoneLook {
  const rows = [...phone.rows.value.values()].flatMap((type) => [...type.values()]);
  return {
    identity: phone.identity.value,
    log: phone.log.value.map(seenEvent),
    acked: { epoch: phone.acks.value.epoch, hashes: ackedHashes() },
    pull: phone.pull.value,
    verdicts: [...phone.verdicts.value.values()].map(({ hash, verdict, tick }) => [
      hash,
      verdict,
      tick,
    ]),
    rows: rows.map(({ etype, eid, tick, sum }) => [etype, eid, tick, sum]),
    laid: laidRows(),
    hand_fen: shown.handFen.value,
    counted_fen: shown.me.value?.counted_total_fen ?? 0,
    hand_total_fen: shown.me.value?.hand_total_fen ?? null,
    hand_as_of: [...(phone.rows.value.get('me')?.values() ?? [])][0]?.tick ?? 0,
    ticks: ownEvents(phone).map(({ hash, tick }) => [hash, tick ?? null]),
    unsent: phone.unsent.value.length,
    sync: sync.state.value,
    halted: phone.halted.value,
    restored: phone.restored.value,
    persisted: phone.persisted.value,
  };
}

export function lookAt(start: Omit<Look, 'phone'>): Look {
  return start.stage === 'ready' ? { ...start, phone: lookAtPhone() } : start;
}
