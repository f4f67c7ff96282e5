/** The period of a guarantee (保证期间): fixed, never interrupted, one for each guarantor (R14). */

import { addDays, addMonths, addYears, requireDate } from './dates';
import { YEARS } from './limitation';

const CIVIL_CODE_SINCE = '2021-01-01';
const MONTHS_NOT_AGREED = 6;
const MONTHS_UNCLEAR_BEFORE_2021 = 24;

/** The terms of one guarantor; see sync/guarantee.py. Kind is "joint" or "ordinary". */
export interface Guarantee {
  readonly guarantor: string;
  readonly kind?: string;
  readonly agreed?: number | 'unclear' | null;
  readonly contract_on?: string | null;
}

/** A step taken within the period, against a guarantor or the "debtor". */
export interface Claim {
  readonly on: string;
  readonly against: string;
  readonly form?: string;
  readonly review?: string;
}

export interface GuaranteeState {
  readonly status: 'OPEN' | 'CLAIMED' | 'FREE' | 'UNKNOWN';
  readonly ends_on: string | null;
  readonly free_from: string | null;
  readonly limitation_ends_on: string | null;
  readonly legal_review: readonly string[];
}

const BLANK = { ends_on: null, free_from: null, limitation_ends_on: null } as const;

/** The state of one guarantor's period on a day. */
export function guaranteeState(
  dueOn: string | null,
  terms: Guarantee,
  claims: readonly Claim[],
  today: string,
): GuaranteeState {
  if (dueOn === null) return { ...BLANK, status: 'UNKNOWN', legal_review: ['due_date_unknown'] };
  const [end, review] = period(requireDate(dueOn), terms);
  const valid = claims.filter((claim) => counts(claim, terms, today)).map(({ on }) => on).sort();
  const first = valid.find((on) => on <= end);
  if (first !== undefined) return claimed(first, end, terms, review);
  const freeFrom = addDays(end, 1);
  if (today < freeFrom) return { ...BLANK, status: 'OPEN', ends_on: end, legal_review: review };
  return {
    ...BLANK,
    status: 'FREE',
    ends_on: end,
    free_from: freeFrom,
    legal_review: valid.length > 0 ? [...review, 'claim_after_period'] : review,
  };
}

function period(due: string, terms: Guarantee): readonly [string, readonly string[]] {
  const { agreed = null, contract_on = null } = terms;
  if (typeof agreed === 'number') return [addMonths(due, agreed), []];
  const isBefore2021 = contract_on !== null && requireDate(contract_on) < CIVIL_CODE_SINCE;
  if (agreed === 'unclear' && isBefore2021) {
    const twoYears = addMonths(due, MONTHS_UNCLEAR_BEFORE_2021);
    if (twoYears >= CIVIL_CODE_SINCE) return [twoYears, ['unclear_terms_before_2021']];
  }
  return [addMonths(due, MONTHS_NOT_AGREED), agreed === 'unclear' ? ['unclear_terms'] : []];
}

function counts(claim: Claim, terms: Guarantee, today: string): boolean {
  if (claim.review !== 'ACCEPTED' || claim.on > today) return false;
  if (terms.kind === 'joint') return claim.against === terms.guarantor;
  return claim.against === 'debtor' && claim.form === 'suit';
}

/** Claimed in time. Of an ordinary guarantee his three years start later: a lawyer says when. */
function claimed(
  first: string,
  end: string,
  terms: Guarantee,
  review: readonly string[],
): GuaranteeState {
  const isJoint = terms.kind === 'joint';
  return {
    ...BLANK,
    status: 'CLAIMED',
    ends_on: end,
    limitation_ends_on: isJoint ? addYears(requireDate(first), YEARS) : null,
    legal_review: isJoint ? review : [...review, 'ordinary_limitation_start'],
  };
}
