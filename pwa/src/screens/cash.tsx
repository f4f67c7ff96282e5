/** Taking cash: the amount, what it pays, who pays; then count again; then the slip. */

import { useState } from 'preact/hooks';
import { timeOf } from '../device/clock';
import { takeCash } from '../state/actions';
import type { Cash as CashFact } from '../state/actions';
import { goInstead } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { say } from '../state/toast';
import { amountOf } from '../state/view';
import type { Loan } from '../state/view';
import { BLANK_VISIT, changeDraft, draftOf, dropDraft, visitOf } from '../state/visits';
import type { Started } from '../state/visits';
import { checkMayTake } from '../sync/custody';
import { capitals } from '../sync/capitals';
import { noteLines, text, yuan } from '../text';
import { Frame } from '../parts/frame';
import { Pad } from '../parts/pad';
import { PayerForm } from '../parts/payer-form';
import { SplitForm } from '../parts/split-form';
import { fenOf, splitOf } from '../state/cash-draft';
import type { CashDraft } from '../state/cash-draft';
import { draftName } from './visit';

/** Two slips for one loan and one amount within this time may be one payment, written twice. */
const TWICE_MS = 600_000;

interface Props {
  readonly visit: string;
  readonly loan: string;
}

export function Cash({ visit, loan: id }: Props) {
  const started = visitOf(phone.log.value, visit);
  const house = started && shown.houses.value.get(started.household);
  const loan = house?.loans.find((one) => one.id === id);
  if (!started || !loan) return <Frame title={text.gone}>{text.goneWhy}</Frame>;
  if (!shown.slips.value.next) {
    return (
      <Frame title={text.takeCash}>
        <div class="notice red" role="alert" data-testid="no-numbers">
          {text.problem('no_numbers_left', {})}
        </div>
      </Frame>
    );
  }
  return <Taking started={started} loan={loan} />;
}

interface TakingProps {
  readonly started: Started;
  readonly loan: Loan;
}

function Taking({ started, loan }: TakingProps) {
  const name = `cash ${started.visit} ${loan.id}`;
  const draft = draftOf<CashDraft>(phone, name, blankFrom(started, loan));
  const change = (part: Partial<CashDraft>) => changeDraft(phone, name, part);
  const [counting, setCounting] = useState(false);
  const props = { started, loan, draft, change, name };
  return counting ? (
    <CountAgain {...props} onBack={() => setCounting(false)} />
  ) : (
    <Enter {...props} onNext={() => setCounting(true)} />
  );
}

function blankFrom(started: Started, loan: Loan): CashDraft {
  const met = draftOf(phone, draftName(started.visit), BLANK_VISIT);
  const roles = ['debtor', 'co_borrower', 'guarantor', 'adult_relative'];
  const payer_role = roles.includes(met.met ?? '') ? (met.met ?? 'debtor') : 'other';
  const payer_name = payer_role === 'debtor' ? loan.borrower_name : met.met_name;
  return { amount: '', payer_name, payer_role, parts: null, split_reason: '' };
}

interface StepProps extends TakingProps {
  readonly draft: CashDraft;
  readonly change: (part: Partial<CashDraft>) => void;
  readonly name: string;
}

function Enter(props: StepProps & { readonly onNext: () => void }) {
  const { loan, draft, change, onNext } = props;
  const fen = fenOf(draft.amount);
  const why = whyNot(loan, draft, fen);
  const next = (
    <button
      type="button"
      class="main"
      data-testid="cash-next"
      disabled={why !== null}
      onClick={onNext}
    >
      {why ?? text.next}
    </button>
  );
  return (
    <Frame title={text.takeCash} sub={loan.borrower_name} foot={next}>
      <div class="amount" aria-live="polite">
        <b data-testid="amount">¥{draft.amount || '0'}</b>
        <span>{fen ? capitals(fen) : ' '}</span>
      </div>
      <Pad value={draft.amount} onValue={(amount) => change({ amount, parts: null })} />
      {fen !== null && <SplitForm loan={loan} fen={fen} draft={draft} change={change} />}
      <PayerForm draft={draft} change={change} />
    </Frame>
  );
}

/** The reason why no slip can be given for this; asked before the cash changes hands. */
function whyNot(loan: Loan, draft: CashDraft, fen: number | null): string | null {
  if (fen === null) return text.needsAmount;
  const { receipt_max_fen, hand_max_fen } = shown.settings.value;
  const limits = { receipt_max_fen, hand_max_fen };
  const over = checkMayTake(fen, shown.handFen.value, limits);
  if (over !== null) return text.limit[over](yuan(receipt_max_fen), yuan(hand_max_fen));
  if (!draft.payer_name.trim()) return text.needsPayer;
  const { sum } = splitOf(loan, fen, draft);
  if (sum !== fen) return text.needsSplit;
  return draft.parts && !draft.split_reason.trim() ? text.needsSplitReason : null;
}

/** A slip for the same loan and the same amount a moment ago, if there is one. */
function twinOf(loan: Loan, fen: number): string | null {
  const since = phone.clock.now() - TWICE_MS;
  const twin = phone.log.value.findLast(
    ({ event }) =>
      event.kind === 'cash.receipt' &&
      event.case === loan.id &&
      event.occurred_at >= since &&
      amountOf(event.body) === fen,
  );
  return twin ? timeOf(twin.event.occurred_at) : null;
}

function CountAgain(props: StepProps & { readonly onBack: () => void }) {
  const { started, loan, draft, name, onBack } = props;
  const [busy, setBusy] = useState(false);
  const fen = fenOf(draft.amount) ?? 0;
  const twin = twinOf(loan, fen);
  const press = async () => {
    setBusy(true);
    const saved = await save(started, loan, draft);
    setBusy(false);
    if (!saved) return;
    dropDraft(phone, name);
    say(text.savedAs(text.kind['cash.receipt']));
    goInstead({ name: 'receipt', hash: saved.at(-1)?.hash ?? '' });
  };
  return (
    <Frame
      title={text.countAgain}
      sub={loan.borrower_name}
      foot={
        <div class="two">
          <button type="button" data-testid="cash-again" onClick={onBack}>
            {text.change}
          </button>
          <button
            type="button"
            class="main"
            data-testid="cash-confirm"
            disabled={busy}
            onClick={() => void press()}
          >
            {text.counted}
          </button>
        </div>
      }
    >
      {twin && (
        <div class="notice red" role="alert" data-testid="cash-twice">
          {text.twice(twin)}
        </div>
      )}
      <p>{text.countHint}</p>
      <div class="amount big">
        <b>{yuan(fen)}</b>
        <span>{capitals(fen)}</span>
      </div>
      <Summary loan={loan} draft={draft} fen={fen} />
    </Frame>
  );
}

interface SummaryProps {
  readonly loan: Loan;
  readonly draft: CashDraft;
  readonly fen: number;
}

function Summary({ loan, draft, fen }: SummaryProps) {
  const { split } = splitOf(loan, fen, draft);
  return (
    <dl class="card">
      <dt>{text.payer}</dt>
      <dd>{`${draft.payer_name} · ${text.payerRole[draft.payer_role] ?? ''}`}</dd>
      {(['principal', 'interest', 'penalty', 'cost'] as const).map(
        (part) =>
          split[part] > 0 && (
            <>
              <dt>{text.part[part]}</dt>
              <dd>{yuan(split[part])}</dd>
            </>
          ),
      )}
    </dl>
  );
}

function save(started: Started, loan: Loan, draft: CashDraft) {
  const fen = fenOf(draft.amount) ?? 0;
  const { split } = splitOf(loan, fen, draft);
  const next = shown.slips.value.next;
  const cash: CashFact = {
    receipt_no: next?.no ?? '',
    book: next?.book ?? '',
    amount_fen: fen,
    split,
    payer_name: draft.payer_name,
    payer_role: draft.payer_role,
    on_behalf_of: draft.payer_role === 'debtor' ? null : loan.borrower_name,
    split_reason: draft.parts ? draft.split_reason : '',
    shown_balance: {
      principal_fen: loan.principal_fen,
      interest_fen: loan.interest_fen ?? null,
      as_of: loan.as_of,
    },
  };
  const title = `${text.kind['cash.receipt']} ${yuan(fen)} ${capitals(fen)}`;
  const paid = `${text.payer} ${draft.payer_name}`;
  const lines = [...noteLines(title, loan.borrower_name, phone.clock.now()), paid];
  return takeCash(phone, started, loan.id, { cash, lines });
}
