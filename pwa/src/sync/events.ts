/** The envelope of an event, the check of its body, and who may sign a notice. */

import { canonicalBytes } from './canonical';
import { capitals } from './capitals';
import { checkFields } from './fields';
import type { Body, Fault } from './fields';
import { checkHandover } from './handovers';
import { FIELDS, versionOf } from './kinds';
import { fenOf, isByBank } from './books';
import { PARTS } from './parts';

export type { Body, Fault } from './fields';

export const ZERO_HASH = '0'.repeat(64);

/** One event as canonical bytes: a signature of 6,000 numbers is 30 kB, a notice text 12 kB. */
export const EVENT_BYTES_MAX = 64 * 1024;

export interface Anchor {
  readonly tick: number;
  readonly mac: string;
}

/** One event of one lane, exactly what is hashed and signed. `occurred_at` is a claim, ms UTC. */
export interface Envelope {
  readonly v: 1;
  readonly lane: string;
  readonly seq: number;
  readonly prev: string;
  readonly kind: string;
  readonly sv: number;
  readonly actor: string;
  readonly case: string | null;
  readonly visit: string | null;
  readonly subject: string | null;
  readonly base_rev: number | null;
  readonly anchor: Anchor | null;
  readonly occurred_at: number;
  readonly tz: number;
  readonly boot: number;
  readonly app: string;
  readonly body: Body;
}

/**
 * Every fault of a body, the deciding one first. An empty list means that it can be applied.
 *
 * The form asks before it has happened; the server asks again and quarantines. That a notice's
 * text has the hash it names is asked by the server alone, for hashing here is asynchronous.
 */
export function checkBody(kind: string, sv: number, body: Body): readonly Fault[] {
  const rules = Object.hasOwn(FIELDS, kind) ? FIELDS[kind] : undefined;
  if (sv !== versionOf(kind) || !rules) {
    return [fault('kind', `${kind}/${sv}`, 'known_kind', 'schema_unknown')];
  }
  if (canonicalBytes(body).length > EVENT_BYTES_MAX) {
    return [fault('body', null, 'event_bytes_max', 'body_invalid')];
  }
  const faults = checkFields(rules, body);
  if (faults.length === 0 && kind === 'cash.receipt') return checkReceipt(body);
  if (faults.length === 0 && kind.startsWith('custody.')) return checkHandover(body);
  const rank = ({ reason }: Fault): number => (reason === 'amount_invalid' ? 0 : 1);
  return faults.sort((a, b) => rank(a) - rank(b));
}

/** Rules between the fields of a receipt: parts and total, figures and words, bank and proof. */
function checkReceipt(body: Body): readonly Fault[] {
  const amount = Number(body.amount_fen);
  if (PARTS.reduce((sum, part) => sum + fenOf(body, part), 0) !== amount) {
    return [fault('amount_fen', amount, 'parts_sum_to_amount', 'parts_mismatch')];
  }
  if (body.words !== capitals(amount)) {
    return [fault('words', body.words, 'words_say_the_amount', 'body_invalid')];
  }
  if (!isByBank(body) || body.evidence_no !== null) return [];
  return [fault('evidence_no', null, 'transfer_has_evidence', 'body_invalid')];
}

function fault(field: string, value: unknown, rule: string, reason: string): Fault {
  return { field, value, rule, reason };
}

/** What decides whether a signature counts. */
export interface Signing {
  readonly signer_role: string;
  readonly lives_here: boolean;
  readonly adult: boolean;
  readonly relation: string | null;
  readonly addressee_role?: string;
}

/**
 * May this person receive the notice with effect for its addressee?
 *
 * 诉讼时效规定 (法释〔2020〕17号) art. 8(2): the addressee himself; an adult relative living with him,
 * the relation written down; a person he authorised. A guarantor signs his own notice only.
 */
export function maySign(signing: Signing): boolean {
  const { signer_role: role, addressee_role: addressee = 'borrower' } = signing;
  if (role === 'adult_relative') {
    return signing.lives_here && signing.adult && Boolean(signing.relation);
  }
  if (role === 'authorised_person') return signing.adult;
  if (addressee === 'guarantor') return role === 'guarantor';
  return role === 'debtor' || role === 'co_borrower';
}

/** True if a notice was signed on a day before it was made: a blank form signed in advance. */
export function signedTooEarly(madeOn: string, signedOn: string): boolean {
  return signedOn < madeOn;
}
