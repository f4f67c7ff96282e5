/** What the officer records, one function for each: the bodies of the events, and nothing else. */

import { dayOf } from '../device/clock';
import type { PlaceFix } from '../device/place';
import { sha256, utf8 } from '../device/bytes';
import { capitals } from '../sync/capitals';
import type { Split } from '../sync/allocation';
import type { StoredEvent } from '../store/db';
import { noticeText, TEMPLATE_VERSION } from '../text/notice';
import type { NoticeFields, Template } from '../text/notice';
import type { Signature } from '../parts/ink';
import type { Phone } from './phone';
import { newId, record } from './record';
import type { Fact, Photo } from './record';
import type { Started, VisitDraft } from './visits';

/** An empty line is nothing said, not an empty text. */
const said = (text: string): string | null => text.trim() || null;

type Saved = Promise<readonly StoredEvent[] | null>;

/** What a save needs besides the fact: the lines for the paper book if it fails. */
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
  const { visit, household } = started;
  const body = {
    household,
    met: draft.met,
    met_name: said(draft.met_name),
    met_relation: said(draft.met_relation),
    outcome: draft.outcome,
    away_place: said(draft.away_place),
    note: said(draft.note),
  };
  const fact = { kind: 'visit.outcome', body, visit, subject: household };
  return record(phone, { facts: [fact], lines });
}

/** The envelope of what is about one loan in one visit. */
function aboutLoan(kind: string, started: Started, loan: string, body: object): Fact {
  const { visit, household } = started;
  return { kind, body: { household, loan, ...body }, caseId: loan, visit, subject: household };
}

/** Number, text and hash exist before anybody can sign (R15). */
export async function makeNotice(
  phone: Phone,
  started: Started,
  loan: string,
  paper: { readonly template: Template; readonly fields: NoticeFields; readonly lines: Lines },
): Saved {
  const { template, fields, lines } = paper;
  const text = noticeText(template, fields);
  const body = {
    notice_no: fields.no,
    addressee: fields.addressee,
    addressee_role: fields.role,
    template,
    template_v: TEMPLATE_VERSION,
    made_on: fields.made_on,
    text,
    text_hash: await sha256(utf8(text)),
    principal_fen: fields.principal_fen,
    interest_fen: fields.interest_fen,
    as_of: fields.as_of,
  };
  return record(phone, { facts: [aboutLoan('notice.made', started, loan, body)], lines });
}

/** Numbers of this lane count up by one; the lane's code keeps them apart from other phones'. */
export function nextNoticeNo(phone: Phone): string {
  const made = phone.log.value.filter(({ event }) => event.kind === 'notice.made').length;
  const code = phone.identity.value?.lane_code ?? '';
  return `TZ-${code}-${String(made + 1).padStart(4, '0')}`;
}

export interface Slip {
  readonly signer_role: string;
  readonly signer_name: string;
  readonly relation: string;
  readonly lives_here: boolean;
  readonly adult: boolean;
  readonly agrees_to_perform: boolean;
  readonly signature: Signature;
  readonly photo: Photo | null;
}

export function serveNotice(
  phone: Phone,
  started: Started,
  made: StoredEvent,
  paper: { readonly slip: Slip; readonly lines: Lines },
): Saved {
  const { slip, lines } = paper;
  const { photo } = slip;
  const loan = String(made.event.body.loan);
  const body = {
    ...slip,
    notice_no: made.event.body.notice_no,
    made: made.hash,
    way: 'signed',
    signer_name: slip.signer_name.trim(),
    relation: said(slip.relation),
    signed_on: dayOf(phone.clock.now()),
    photo: photo?.sha256 ?? null,
    second_person: started.second_person,
  };
  const served = aboutLoan('notice.served', started, loan, body);
  const facts = photo ? [served, attachment(photo, started, loan)] : [served];
  return record(phone, { facts, photo, lines });
}

/** The photo is named by its hash in an event of its own, about the slip recorded just before. */
function attachment(photo: Photo, started: Started, loan: string) {
  return (before: readonly StoredEvent[]): Fact => ({
    kind: 'attachment.added',
    body: {
      sha256: photo.sha256,
      size: photo.bytes.length,
      media_type: photo.media_type,
      role: 'notice_photo',
      about: before.at(-1)?.hash ?? null,
    },
    caseId: loan,
    visit: started.visit,
    subject: started.household,
  });
}

export interface Unsigned {
  readonly notice_no: string | null;
  readonly loan: string | null;
  readonly reason: string;
  readonly away_place: string;
  readonly note: string;
}

export function recordUnsigned(
  phone: Phone,
  started: Started,
  why: Unsigned,
  lines: Lines,
): Saved {
  const { notice_no, loan, reason } = why;
  const { visit, household } = started;
  const more = { away_place: said(why.away_place), note: said(why.note) };
  const body = { notice_no, household, loan, reason, ...more };
  const fact = { kind: 'notice.unsigned', body, caseId: loan, visit, subject: household };
  return record(phone, { facts: [fact], lines });
}

export interface Cash {
  readonly receipt_no: string;
  readonly book: string;
  readonly amount_fen: number;
  readonly split: Split;
  readonly payer_name: string;
  readonly payer_role: string;
  readonly on_behalf_of: string | null;
  readonly split_reason: string;
  readonly shown_balance: {
    readonly principal_fen: number | null;
    readonly interest_fen: number | null;
    readonly as_of: string | null;
  };
}

export function takeCash(
  phone: Phone,
  started: Started,
  loan: string,
  paper: { readonly cash: Cash; readonly lines: Lines },
): Saved {
  const { cash, lines } = paper;
  const { split, amount_fen, receipt_no, book, payer_role, on_behalf_of, shown_balance } = cash;
  const body = {
    receipt_no,
    book,
    amount_fen,
    principal_fen: split.principal,
    interest_fen: split.interest,
    penalty_fen: split.penalty,
    cost_fen: split.cost,
    words: capitals(amount_fen),
    payer_name: cash.payer_name.trim(),
    payer_role,
    on_behalf_of,
    method: 'cash',
    second_person: started.second_person,
    split_reason: said(cash.split_reason),
    shown_balance,
    signature: null,
  };
  return record(phone, { facts: [aboutLoan('cash.receipt', started, loan, body)], lines });
}

export interface Voiding {
  readonly reason: string;
  readonly money_returned: boolean;
  readonly second_person: string | null;
}

export function voidReceipt(
  phone: Phone,
  target: StoredEvent,
  why: Voiding,
  lines: Lines,
): Saved {
  const { event, hash } = target;
  const body = {
    target: hash,
    receipt_no: event.body.receipt_no,
    reason: why.reason.trim(),
    money_returned: why.money_returned,
    second_person: why.second_person,
  };
  const about = { caseId: event.case, visit: event.visit, subject: event.subject };
  return record(phone, { facts: [{ kind: 'cash.void', body, ...about }], lines });
}

export function recordIntention(
  phone: Phone,
  started: Started,
  loan: string,
  say: { readonly note: string; readonly lines: Lines },
): Saved {
  const fact = aboutLoan('intention.recorded', started, loan, { note: said(say.note) });
  return record(phone, { facts: [fact], lines: say.lines });
}

export interface PromiseToPay {
  readonly amount_fen: number;
  readonly due_on: string;
  readonly cause: string;
}

/** A new promise takes the place of all that this phone knows of for the loan. */
export function recordPromise(
  phone: Phone,
  started: Started,
  loan: string,
  say: { readonly promise: PromiseToPay; readonly lines: Lines },
): Saved {
  const { amount_fen, due_on, cause } = say.promise;
  const supersedes = openPromises(phone.log.value, loan);
  const body = { amount_fen, due_on, cause: said(cause), supersedes };
  const fact = aboutLoan('promise.made', started, loan, body);
  return record(phone, { facts: [fact], lines: say.lines });
}

function openPromises(log: readonly StoredEvent[], loan: string): string[] {
  const made = log.filter(({ event }) => event.kind === 'promise.made' && event.case === loan);
  const over = new Set(made.flatMap(({ event }) => event.body.supersedes as string[]));
  return made.map(({ hash }) => hash).filter((hash) => !over.has(hash));
}
