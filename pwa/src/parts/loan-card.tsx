/** A loan: what is due as of when, how late, how long the law still protects it. */

import { shown } from '../state/shown';
import { limitationOf } from '../state/view';
import type { Loan } from '../state/view';
import { dayWords, text, yuanOrDash } from '../text';
import { LimitationMark, OverdueMark } from './marks';

export function LoanCard({ loan }: { readonly loan: Loan }) {
  const { status } = limitationOf(loan, shown.today.value);
  return (
    <section class="card loan">
      <div class="row">
        <span class="soft">{text.contract(loan.contract_no)}</span>
        {loan.class_five && <span class="mark plain">{text.tier(loan.class_five)}</span>}
      </div>
      <div class="row">
        <span class="figure">
          <small>{text.part.principal}</small>
          <b>{yuanOrDash(loan.principal_fen)}</b>
        </span>
        <span class="figure">
          <small>{text.part.interest}</small>
          <b>{yuanOrDash(loan.interest_fen ?? null)}</b>
        </span>
      </div>
      {(loan.penalty_fen || loan.cost_fen) && (
        <div class="row soft">
          <span>{`${text.part.penalty} ${yuanOrDash(loan.penalty_fen ?? null)}`}</span>
          <span>{`${text.part.cost} ${yuanOrDash(loan.cost_fen ?? null)}`}</span>
        </div>
      )}
      <p class="soft">{text.asOf(loan.as_of && dayWords(loan.as_of, 'short'), loan.pending.length)}</p>
      <div class="marks">
        <LimitationMark loan={loan} />
        <OverdueMark loan={loan} />
      </div>
      {status === 'EXPIRED' && <p class="small">{text.expiredHint}</p>}
      {loan.guarantor_name && <p class="soft">{text.guarantor(loan.guarantor_name)}</p>}
      {loan.under_review.map((review) => (
        <p key={review.hash} class="red-ink">
          {text.underReview(review.reason ?? null)}
        </p>
      ))}
    </section>
  );
}
