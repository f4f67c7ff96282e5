/** What the officer does, told by a few numbers: each chooses among what there is to choose. */

import {
  beginVisit,
  endVisit,
  makeNotice,
  recordIntention,
  recordPromise,
  recordUnsigned,
  serveNotice,
  takeCash,
  voidReceipt,
} from '../../state/actions';
import { splitOf } from '../../state/cash-draft';
import { shown } from '../../state/shown';
import { phone } from '../../state/start';
import { promiseRange } from '../../state/view';
import { findVisit, openVisits } from '../../state/visits';
import type { InVisit } from '../../state/visits';
import type { StoredEvent } from '../../store/db';

export interface Deed {
  readonly does: string;
  /** Which of the households, visits, loans or slips. */
  readonly which: number;
  readonly fen: number;
}

type Saved = Promise<readonly StoredEvent[] | null>;

const LINES = ['simulation'];

function pick<T>(from: readonly T[], which: number): T | undefined {
  return from[which % Math.max(1, from.length)];
}

/** Resolves with what was saved, or null when there was nothing to do or it was not saved. */
export async function perform(deed: Deed): Saved {
  const before = phone.log.value;
  if (deed.does === 'begin') {
    const saved = await begin(deed.which);
    return saved ? phone.log.value.filter(({ event }) => event.visit === saved) : null;
  }
  if (deed.does === 'void') return undo(deed.which, before);
  const visit = pick(openVisits(before), deed.which);
  const loans = visit ? (shown.houses.value.get(visit.household)?.loans ?? []) : [];
  const found = visit && findVisit(phone, visit.visit, pick(loans, deed.which)?.id);
  if (!found) return null;
  return IN_VISIT[deed.does]?.(found, deed, before) ?? null;
}

async function begin(which: number): Promise<string | null> {
  const house = pick([...shown.houses.value.values()], which);
  if (!house) return null;
  const beginning = {
    household: house.row.id,
    stop: house.stop?.id ?? null,
    second_person: null,
    place: null,
    place_reason: 'no_signal',
  };
  return beginVisit(phone, beginning, LINES);
}

async function undo(which: number, log: readonly StoredEvent[]): Saved {
  const gone = new Set(
    log.filter(({ event }) => event.kind === 'cash.void').map(({ event }) => event.body.target),
  );
  const slips = log.filter(({ event, hash }) => event.kind === 'cash.receipt' && !gone.has(hash));
  const target = pick(slips, which);
  if (!target) return null;
  return voidReceipt(phone, target, { reason: '写错', money_returned: true }, LINES);
}

type Act = (found: InVisit, deed: Deed, log: readonly StoredEvent[]) => Saved;

const IN_VISIT: Readonly<Record<string, Act>> = {
  end: async ({ started }, { which }) => {
    const outcome = pick(['met', 'not_home', 'refused_to_talk'], which) ?? 'met';
    const met = outcome === 'met' ? 'debtor' : 'nobody';
    const said = { met_name: '', met_relation: '', away_place: '', note: '', loan: null };
    return endVisit(phone, started, { met, outcome, ...said }, LINES);
  },
  notice: async ({ started, loan }, { which }) => {
    const role = which % 3 === 0 && loan?.guarantor_name ? 'guarantor' : 'borrower';
    if (!loan) return null;
    return makeNotice(phone, started, loan, { role, officers: '李薇', lines: LINES });
  },
  serve: async ({ started, loan }, _deed, log) => {
    const made = log.findLast(
      ({ event }) => event.kind === 'notice.made' && event.visit === started.visit,
    );
    if (!loan || !made) return null;
    const signer = { signer_role: 'debtor', signer_name: '王刚', relation: '' };
    const signature = { w: 300, h: 100, strokes: [[10, 20, 0, 12, 25, 16, 30, 40, 40]] };
    const slip = { lives_here: true, adult: true, agrees_to_perform: false };
    return serveNotice(phone, started, made, { ...signer, ...slip, signature, photo: null }, LINES);
  },
  unsigned: async ({ started, loan }, { which }) => {
    const reason = pick(['REFUSED', 'NOT_HOME', 'DISPUTES_DEBT'], which) ?? null;
    if (!loan) return null;
    const why = { loan: loan.id, notice: undefined, reason, away_place: '', note: '' };
    return recordUnsigned(phone, started, why, LINES);
  },
  cash: async ({ started, loan }, { fen }) => {
    const { next } = shown.slips.value;
    if (!loan || !next) return null;
    const payer = { payer_name: '王刚', payer_role: 'debtor' };
    const draft = { amount: String(fen), ...payer, method: 'cash', evidence_no: '' } as const;
    const split = splitOf(loan, fen);
    return takeCash(phone, started, loan, { draft, fen, split, next, lines: LINES });
  },
  intention: async ({ started, loan }) =>
    loan ? recordIntention(phone, started, loan, '愿意还款', LINES) : null,
  promise: async ({ started, loan }, { fen }) => {
    const { to } = promiseRange(shown.today.value);
    return loan ? recordPromise(phone, started, loan, { fen, due_on: to, cause: '' }, LINES) : null;
  },
};
