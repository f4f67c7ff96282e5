/** What the officer records, one function for each: the bodies of the events, and nothing else. */

import { sha256, utf8 } from '../device/bytes';
import { dayOf } from '../device/clock';
import type { PlaceFix } from '../device/place';
import { capitals } from '../sync/capitals';
import type { Split } from '../sync/allocation';
import { PARTS } from '../sync/parts';
import type { StoredEvent } from '../store/db';
import { noticeText, TEMPLATE_VERSION } from '../text/notice';
import type { Template } from '../text/notice';
import type { CashDraft } from './cash-draft';
import type { Phone } from './phone';
import { laneOf, newId, record } from './record';
import type { Fact, Photo } from './record';
import { shown } from './shown';
import { limitationOf } from './view';
import type { Loan } from './view';
import type { Started, VisitDraft } from './visits';

/** An empty line is nothing said, not an empty text. */
const said = (text: string): string | null => text.trim() || null;

type Saved = Promise<readonly StoredEvent[] | null>;

/** What to write into the paper book if the save fails. */
type Lines = readonly string[];

export interface Beginning {
  readonly household: string;
  readonly stop: string | null;
  readonly second_person: string | null;
  readonly place: PlaceFix | null;
  readonly place_reason: string | null;
}

/** The visit's id, or null if it was not saved. */
export async function beginVisit(phone: Phone, begin: Beginning, lines: Lines) {
  const visit = newId(phone);
  const body = { ...begin, purpose: ['collection'] };
  const fact = { kind: 'visit.started', body, visit, subject: begin.household };
  return (await record(phone, { facts: [fact], lines })) && visit;
}

export function endVisit(phone: Phone, started: Started, draft: VisitDraft, lines: Lines): Saved {
  const body = {
    household: started.household,
    met: draft.met,
    met_name: said(draft.met_name),
    met_relation: said(draft.met_relation),
    outcome: draft.outcome,
    away_place: draft.outcome === 'away_for_work' ? said(draft.away_place) : null,
    note: said(draft.note),
  };
  const { visit, household: subject } = started;
  return record(phone, { facts: [{ kind: 'visit.outcome', body, visit, subject }], lines });
}

/** The envelope of what is about one loan in one visit. */
function aboutLoan(kind: string, started: Started, loan: string, body: object): Fact {
  const { visit, household } = started;
  return { kind, body: { household, loan, ...body }, caseId: loan, visit, subject: household };
}

export interface NoticeFor {
  readonly role: 'borrower' | 'guarantor';
  /** Names of those who bring it, as they stand on the paper. */
  readonly officers: string;
  readonly lines: Lines;
}

/** Number, text and hash exist before anybody can sign (R15). */
export async function makeNotice(
  phone: Phone,
  started: Started,
  loan: Loan,
  { role, officers, lines }: NoticeFor,
): Saved {
  const { institution, contact_phone: contact } = shown.settings.value;
  const template = templateFor(loan, role);
  const addressee = (role === 'guarantor' && loan.guarantor_name) || loan.borrower_name;
  const made_on = dayOf(phone.clock.now());
  const no = nextNoticeNo(phone);
  const fields = { no, role, addressee, made_on, officers, contact, institution };
  const text = noticeText(template, fields, loan);
  const body = {
    notice_no: no,
    addressee,
    addressee_role: role,
    template,
    template_v: TEMPLATE_VERSION,
    made_on,
    text,
    text_hash: await sha256(utf8(text)),
    ...balanceOf(loan),
  };
  return record(phone, { facts: [aboutLoan('notice.made', started, loan.id, body)], lines });
}

/** What the officer saw of the debt when she acted. */
const balanceOf = ({ principal_fen, interest_fen = null, as_of }: Loan) => ({
  principal_fen,
  interest_fen,
  as_of,
});

/** A debt past its limitation period has a paper of its own, without any demand (R11). */
function templateFor(loan: Loan, role: string): Template {
  const { status } = limitationOf(loan, shown.today.value);
  if (status === 'EXPIRED' || status === 'LONGSTOP_PASSED') return 'notice-expired';
  return role === 'guarantor' ? 'notice-guarantor' : 'notice-standard';
}

/**
 * Numbers of this lane count up by one; the lane's code keeps them apart from other phones', and
 * the beginning of a later lane from those that this phone has forgotten.
 */
function nextNoticeNo(phone: Phone): string {
  const lane = laneOf(phone);
  const its = phone.log.value.filter((record) => record.lane === lane);
  const made = its.filter(({ event }) => event.kind === 'notice.made').length;
  const later = lane === phone.identity.value?.lane ? '' : lane.slice(0, 4).toUpperCase();
  return `TZ-${phone.identity.value?.lane_code}${later}-${String(made + 1).padStart(4, '0')}`;
}

export interface Slip {
  readonly signer_role: string;
  readonly signer_name: string;
  readonly relation: string;
  readonly lives_here: boolean;
  readonly adult: boolean;
  readonly agrees_to_perform: boolean;
  readonly signature: object | null;
  readonly photo: Photo | null;
}

export function serveNotice(
  phone: Phone,
  started: Started,
  made: StoredEvent,
  slip: Slip,
  lines: Lines,
): Saved {
  const { photo } = slip;
  const { loan, notice_no } = made.event.body;
  const body = {
    ...slip,
    notice_no,
    made: made.hash,
    way: 'signed',
    signer_name: slip.signer_name.trim(),
    relation: said(slip.relation),
    signed_on: dayOf(phone.clock.now()),
    photo: photo?.sha256 ?? null,
    second_person: started.second_person,
  };
  const served = aboutLoan('notice.served', started, String(loan), body);
  const facts = photo ? [served, attachment(photo, served)] : [served];
  return record(phone, { facts, photo, lines });
}

/** The photo is named by its hash in an event of its own, about the slip recorded just before. */
function attachment(photo: Photo, slip: Fact) {
  const { sha256: sum, media_type, bytes, taken_at = null } = photo;
  const paper = { sha256: sum, size: bytes.length, media_type, role: 'notice_photo', taken_at };
  return (before: readonly StoredEvent[]): Fact => ({
    ...slip,
    kind: 'attachment.added',
    body: { ...paper, about: before.at(-1)?.hash ?? null },
  });
}

export interface Unsigned {
  readonly loan: string;
  readonly notice: StoredEvent | undefined;
  readonly reason: string | null;
  readonly away_place: string;
  readonly note: string;
}

export function recordUnsigned(phone: Phone, started: Started, why: Unsigned, lines: Lines): Saved {
  const { loan, notice, reason } = why;
  const notice_no = notice?.event.body.notice_no ?? null;
  const away_place = reason === 'AWAY_MIGRANT_WORK' ? said(why.away_place) : null;
  const body = { notice_no, reason, away_place, note: said(why.note) };
  return record(phone, { facts: [aboutLoan('notice.unsigned', started, loan, body)], lines });
}

export interface Cash {
  readonly draft: CashDraft;
  readonly fen: number;
  readonly split: Split;
  readonly next: { readonly book: string; readonly no: string };
  /** The payer's, if he gave it: his copy is none the worse without. */
  readonly signature?: object | null;
  readonly lines: Lines;
}

export function takeCash(phone: Phone, started: Started, loan: Loan, cash: Cash): Saved {
  const { draft, fen, split, next, signature = null, lines } = cash;
  const { payer_role, payer_name, method } = draft;
  const body = {
    receipt_no: next.no,
    book: next.book,
    amount_fen: fen,
    ...splitFields(split),
    words: capitals(fen),
    payer_name: payer_name.trim(),
    payer_role,
    on_behalf_of: payer_role === 'debtor' ? null : loan.borrower_name,
    method,
    evidence_no: method === 'cash' ? null : draft.evidence_no.trim(),
    corrects: toCorrect(phone, loan.id)?.hash ?? null,
    second_person: started.second_person,
    split_reason: null,
    shown_balance: balanceOf(loan),
    signature,
  };
  return record(phone, { facts: [aboutLoan('cash.receipt', started, loan.id, body)], lines });
}

/** The receipt of this loan that was made void last, unless another stands in its place already. */
export function toCorrect(phone: Phone, loan: string): StoredEvent | undefined {
  const log = phone.log.value;
  const slips = log.filter(({ event }) => event.kind === 'cash.receipt' && event.case === loan);
  const touches = (one: StoredEvent) =>
    slips.some(({ hash }) => hash === one.hash || hash === targetOf(one));
  const last = log.findLast(touches);
  return slips.find(({ hash }) => last && hash === targetOf(last));
}

const targetOf = ({ event }: StoredEvent): unknown =>
  event.kind === 'cash.void' ? event.body.target : null;

const splitFields = (split: Split) =>
  Object.fromEntries(PARTS.map((part) => [`${part}_fen`, split[part]]));

export interface Voiding {
  readonly reason: string;
  readonly money_returned: boolean;
}

export function voidReceipt(phone: Phone, target: StoredEvent, why: Voiding, lines: Lines): Saved {
  const { event, hash } = target;
  const { receipt_no, second_person } = event.body;
  const reason = why.reason.trim();
  const body = { ...why, reason, target: hash, receipt_no, second_person };
  const about = { caseId: event.case, visit: event.visit, subject: event.subject };
  return record(phone, { facts: [{ kind: 'cash.void', body, ...about }], lines });
}

export function recordIntention(
  phone: Phone,
  started: Started,
  loan: Loan,
  note: string,
  lines: Lines,
): Saved {
  const fact = aboutLoan('intention.recorded', started, loan.id, { note: said(note) });
  return record(phone, { facts: [fact], lines });
}

export interface Suspect {
  readonly denomination_fen: number;
  readonly serial: string;
  readonly note: string;
}

/** A note that was given back: written down, and no cash. */
export function noteSuspect(
  phone: Phone,
  started: Started,
  loan: Loan,
  suspect: Suspect,
  lines: Lines,
): Saved {
  const { denomination_fen } = suspect;
  const body = { denomination_fen, serial: said(suspect.serial), note: said(suspect.note) };
  return record(phone, { facts: [aboutLoan('cash.suspect_noted', started, loan.id, body)], lines });
}

export interface PromiseToPay {
  readonly fen: number;
  readonly due_on: string;
  readonly cause: string;
}

/** A new promise takes the place of all that this phone knows of for the loan. */
export function recordPromise(
  phone: Phone,
  started: Started,
  loan: Loan,
  { fen, due_on, cause }: PromiseToPay,
  lines: Lines,
): Saved {
  const supersedes = openPromises(phone.log.value, loan.id);
  const body = { amount_fen: fen, due_on, cause: said(cause), supersedes };
  return record(phone, { facts: [aboutLoan('promise.made', started, loan.id, body)], lines });
}

function openPromises(log: readonly StoredEvent[], loan: string): string[] {
  const made = log.filter(({ event }) => event.kind === 'promise.made' && event.case === loan);
  const over = new Set(made.flatMap(({ event }) => event.body.supersedes as string[]));
  return made.map(({ hash }) => hash).filter((hash) => !over.has(hash));
}
