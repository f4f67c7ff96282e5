/** The receipt as a paper (domain 3.11), in Chinese in every language: lines of label and value. */

import { dayOf, timeOf } from '../device/clock';
import { phone } from '../state/start';
import { shown } from '../state/shown';
import { amountOf } from '../state/view';
import type { StoredEvent } from '../store/db';
import { PARTS } from '../sync/parts';
import { printedNumber } from '../sync/receipts';
import { fill, personWords, text } from './words';

export interface ReceiptPaper {
  readonly institution: string;
  /** With the four check characters behind it. */
  readonly number: string;
  readonly sum: string;
  /** In capitals, as it was hashed. */
  readonly words: string;
  readonly lines: readonly (readonly [label: string, value: string])[];
  readonly notes: readonly string[];
  /** Where anybody can check it. */
  readonly link: string;
  readonly sms: string;
}

type Body = Readonly<Record<string, string | null>>;
type Balance = Readonly<Record<string, number | string | null>>;

/** '¥1,250.00': papers give the fen even if there are none. */
export const toTheFen = (fen: number): string =>
  `¥${(fen / 100).toLocaleString('en', { minimumFractionDigits: 2 })}`;

export function receiptPaper({ event, hash }: StoredEvent): ReceiptPaper {
  const body = event.body as Body;
  const { papers } = text;
  const { institution, contact_phone } = shown.settings.value;
  const branch = shown.me.value?.branch_name ?? phone.identity.value?.branch.name ?? '';
  const number = printedNumber(body.receipt_no ?? '', hash);
  const link = `${location.origin}/r/${number}`;
  const sum = toTheFen(amountOf(body));
  const day = dayOf(event.occurred_at);
  return {
    institution: `${institution} ${branch}`.trim(),
    number,
    sum,
    words: body.words ?? '',
    lines: [...linesOf(event), [papers.receipt.when, `${day} ${timeOf(event.occurred_at)}`]],
    notes: [basis(), balanceAfter(body), fill(papers.receipt.check, `${location.host}/r/`)],
    link,
    sms: fill(papers.sms, institution || branch, sum, number, day, link, contact_phone ?? ''),
  };
}

function linesOf({ body: said, case: loanId, subject }: StoredEvent['event']) {
  const body = said as Body;
  const { receipt } = text.papers;
  const house = shown.houses.value.get(subject ?? '');
  const loan = house?.loans.find(({ id }) => id === loanId);
  const parts = PARTS.filter((part) => Number(body[`${part}_fen`]) > 0);
  const second = body.second_person && personWords(body.second_person);
  const people = [phone.identity.value?.officer.name, second];
  const lines: [string, string | null | undefined][] = [
    ...parts.map((part): [string, string] => [
      fill(receipt.pays, receipt.part[part]),
      toTheFen(Number(body[`${part}_fen`])),
    ]),
    [receipt.payer, body.payer_name],
    [receipt.onBehalfOf, body.on_behalf_of],
    [receipt.borrower, body.on_behalf_of ? null : loan?.borrower_name],
    [receipt.loan, loan?.contract_no ?? loanId],
    [receipt.method, receipt.methods[(body.method ?? '') as 'cash'] ?? body.method],
    [receipt.place, house?.row.village],
    [receipt.officers, people.filter(Boolean).join('、')],
  ];
  return lines.filter((line): line is [string, string] => Boolean(line[1]));
}

/** The order in which a payment is set off, and the law it follows (R17). */
function basis(): string {
  const { receipt } = text.papers;
  const order = shown.settings.value.allocation;
  const names = order.map((part) => receipt.part[part as 'cost']).join('、');
  const isLegal = order[0] === 'cost' && order.at(-1) === 'principal';
  return fill(isLegal ? receipt.basis : receipt.agreed, names);
}

/** What is left by the balance that was shown, "as of", subject to booking. */
function balanceAfter(body: Body): string {
  const { receipt, byBooks } = text.papers;
  const shownThen = body.shown_balance as unknown as Balance;
  const left = (part: string) => {
    const before = shownThen[`${part}_fen`];
    if (typeof before !== 'number') return byBooks;
    return toTheFen(Math.max(0, before - Number(body[`${part}_fen`])));
  };
  const asOf = shownThen.as_of ?? text.unknownDay;
  return fill(receipt.balance, left('principal'), left('interest'), asOf);
}
