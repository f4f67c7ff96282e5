/** A loan: what is due as of when, how late, how long the law still protects it. */

import { shown } from '../state/shown';
import { limitationOf } from '../state/view';
import type { Loan } from '../state/view';
import { dayWords, fill, reasonWords, text, yuan, yuanOrDash } from './words';
import { LoanMarks } from './marks';

export function LoanCard({ loan }: { readonly loan: Loan }) {
  const { contract_no, class_five, as_of, pending, guarantor_name } = loan;
  const { status } = limitationOf(loan, shown.today.value);
  const day = as_of ? dayWords(as_of) : text.unknownDay;
  return (
    <section class="card">
      <div class="row soft">
        <span>{contract_no ? fill(text.contract, contract_no) : text.contractNone}</span>
        {class_five && <span class="mark plain">{text.tier[class_five] ?? class_five}</span>}
      </div>
      <div class="figures">
        <Figure name="principal" fen={loan.principal_fen} />
        <Figure name="interest" fen={loan.interest_fen} />
        {loan.penalty_fen ? <Figure name="penalty" fen={loan.penalty_fen} /> : null}
        {loan.cost_fen ? <Figure name="cost" fen={loan.cost_fen} /> : null}
      </div>
      <p class="soft">{fill(pending.length > 0 ? text.asOfLess : text.asOf, day)}</p>
      {loan.credit_fen ? <p class="red-ink">{fill(text.overpaid, yuan(loan.credit_fen))}</p> : null}
      <div class="marks">
        <LoanMarks loan={loan} />
      </div>
      {status === 'EXPIRED' && <p class="soft">{text.expiredHint}</p>}
      {guarantor_name && <p class="soft">{fill(text.guarantor, guarantor_name)}</p>}
      {loan.under_review.map(({ hash, reason }) => (
        <p key={hash} class="red-ink">
          {fill(text.underReview, reasonWords(reason ?? null))}
        </p>
      ))}
    </section>
  );
}

interface FigureProps {
  readonly name: keyof typeof text.part;
  readonly fen: number | null | undefined;
}

function Figure({ name, fen }: FigureProps) {
  return (
    <span>
      <small>{text.part[name]}</small>
      <b>{yuanOrDash(fen)}</b>
    </span>
  );
}
