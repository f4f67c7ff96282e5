/** A collection notice as text, from the approved words and what is known of the loan. */

import { capitals } from '../sync/capitals';
import { formatYuan } from '../sync/amounts';
import { fill, text } from './words';

export const TEMPLATE_VERSION = 1;

export type Template = 'notice-standard' | 'notice-guarantor' | 'notice-expired';

export interface NoticeFields {
  readonly no: string;
  readonly institution: string;
  readonly contact: string | null;
  readonly addressee: string;
  readonly role: 'borrower' | 'guarantor';
  readonly borrower: string;
  readonly contract_no: string | null;
  readonly loan_on: string | null;
  readonly due_on: string | null;
  readonly principal_fen: number | null;
  readonly interest_fen: number | null;
  readonly penalty_fen: number | null;
  readonly cost_fen: number | null;
  readonly as_of: string | null;
  readonly made_on: string;
  readonly officers: string;
}

export function noticeText(template: Template, fields: NoticeFields): string {
  const known = wordsOf(fields);
  const lines = text.papers[template].flatMap((line) => {
    const missing = line.match(/\w+(?=\})/g)?.some((name) => known[name] == null);
    return missing ? [] : [line.replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? '')];
  });
  return lines.join('\n');
}

function wordsOf(fields: NoticeFields): Record<string, string | null> {
  const { papers } = text;
  const { no, role, institution, addressee, borrower, principal_fen, officers } = fields;
  return {
    no,
    role: papers.role[role],
    addressee,
    whose: role === 'guarantor' ? fill(papers.guaranteed, borrower) : papers.self,
    loan_on: dayOrNot(fields.loan_on),
    institution,
    contract_no: fields.contract_no ?? papers.byContract,
    due_on: dayOrNot(fields.due_on),
    as_of: dayOrNot(fields.as_of),
    principal: principal_fen === null ? papers.byBooks : inWords(principal_fen),
    interest: fields.interest_fen === null ? papers.byBooks : yuan(fields.interest_fen),
    penalty: fields.penalty_fen ? yuan(fields.penalty_fen) : null,
    cost: fields.cost_fen ? yuan(fields.cost_fen) : null,
    contact: fields.contact,
    made_on: dayOrNot(fields.made_on),
    officers,
  };
}

const yuan = (fen: number): string => `¥${formatYuan(fen)}`;

/** A balance below zero has no capitals; it is written in figures alone. */
const inWords = (fen: number): string =>
  yuan(fen) + (fen < 0 ? '' : fill(text.papers.words, capitals(fen)));

function dayOrNot(day: string | null): string {
  const { date, byContract } = text.papers;
  return day ? fill(date, ...day.split('-').map(Number)) : byContract;
}
