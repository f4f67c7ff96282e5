/** A collection notice as text, from the approved words and what is known of the loan. */

import { capitals } from '../sync/capitals';
import { formatYuan } from '../sync/amounts';
import type { LoanRow } from '../state/rows';
import { fill, text } from './words';

export const TEMPLATE_VERSION = 1;

export type Template = 'notice-standard' | 'notice-guarantor' | 'notice-expired';

/** What stands on the paper and is not of the loan. */
export interface NoticeFields {
  readonly no: string;
  readonly institution: string;
  readonly contact: string | null;
  readonly addressee: string;
  readonly role: 'borrower' | 'guarantor';
  readonly made_on: string;
  readonly officers: string;
}

export function noticeText(template: Template, fields: NoticeFields, loan: LoanRow): string {
  const known: Readonly<Record<string, string | null>> = wordsOf(fields, loan);
  const lines = text.papers[template].flatMap((line) => {
    const missing = line.match(/\w+(?=\})/g)?.some((name) => known[name] == null);
    return missing ? [] : [line.replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? '')];
  });
  return lines.join('\n');
}

function wordsOf(fields: NoticeFields, loan: LoanRow) {
  const { papers } = text;
  const { principal_fen, interest_fen = null, penalty_fen, cost_fen } = loan;
  const isGuarantor = fields.role === 'guarantor';
  return {
    ...fields,
    role: papers.role[fields.role],
    whose: isGuarantor ? fill(papers.guaranteed, loan.borrower_name) : papers.self,
    contract_no: loan.contract_no,
    loan_on: dayOrNot(loan.loan_on),
    due_on: dayOrNot(loan.due_on),
    as_of: dayOrNot(loan.as_of),
    made_on: dayOrNot(fields.made_on),
    principal: principal_fen === null ? papers.byBooks : inWords(principal_fen),
    interest: interest_fen === null ? papers.byBooks : yuan(interest_fen),
    penalty: penalty_fen ? yuan(penalty_fen) : null,
    cost: cost_fen ? yuan(cost_fen) : null,
  };
}

const yuan = (fen: number): string => `¥${formatYuan(fen)}`;

/** A balance below zero has no capitals; it is written in figures alone. */
const inWords = (fen: number): string =>
  yuan(fen) + (fen < 0 ? '' : fill(text.papers.words, capitals(fen)));

const dayOrNot = (day: string | null | undefined): string | null =>
  day == null ? null : fill(text.papers.date, ...day.split('-').map(Number));
