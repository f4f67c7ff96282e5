/** Taking cash: the amount, what it pays, who pays; then count again; then the slip. */

import { signal } from '@preact/signals-core';
import { timeOf } from '../device/clock';
import { takeCash, toCorrect } from '../state/actions';
import { blankCash, fenOf, splitOf } from '../state/cash-draft';
import type { CashDraft } from '../state/cash-draft';
import { go, goInstead } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { amountOf } from '../state/view';
import type { Loan } from '../state/view';
import { draftWith, findVisit, visitDraft } from '../state/visits';
import type { Change, Started } from '../state/visits';
import { checkMayTake } from '../sync/custody';
import { capitals } from '../sync/capitals';
import { fill, kindWords, noteLines, text, yuan } from '../parts/words';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { Ink, isTooMuch } from '../parts/ink';
import type { Signature } from '../parts/ink';
import { Pad } from '../parts/pad';
import { Evidence, MethodForm } from '../parts/method-form';
import { PayerForm } from '../parts/payer-form';
import { SaveButton } from '../parts/save-button';
import { Say } from '../parts/say';
import { SplitLines } from '../parts/split-lines';

/** The payer's signature under the amount that was counted again; kept while the screen is open. */
const ink = signal<Signature | null>(null);

/** Two slips for one loan and one amount within this time may be one payment, written twice. */
const TWICE_MS = 600_000;

interface Props {
  readonly visit: string;
  readonly loan: string;
  /** The amount is entered; now it is counted again. */
  readonly counting: boolean;
}

export function Cash({ visit, loan: id, counting }: Props) {
  const found = findVisit(phone, visit, id);
  if (!found?.loan) return <Gone />;
  const { started, loan } = found;
  if (!shown.slips.value.next) return <NoNumbers />;
  const name = `cash ${visit} ${id}`;
  const blank = blankCash(loan, visitDraft(phone, visit));
  const [draft, change] = draftWith<CashDraft>(phone, name, blank);
  const turn = () => goInstead({ name: 'cash', visit, loan: id, counting: !counting });
  const Step = counting ? CountAgain : Enter;
  return <Step {...{ started, loan, draft, change, name, turn }} />;
}

function NoNumbers() {
  return (
    <Frame title={text.takeCash}>
      <Say tone="red" id="no-numbers">
        {text.slipsNone}
      </Say>
    </Frame>
  );
}

interface StepProps {
  readonly started: Started;
  readonly loan: Loan;
  readonly draft: CashDraft;
  readonly change: Change<CashDraft>;
  readonly name: string;
  /** To the other of the two steps. */
  readonly turn: () => void;
}

function Enter({ loan, started, draft, change, turn }: StepProps) {
  const fen = fenOf(draft.amount);
  const why = whyNot(draft, fen);
  const next = (
    <button
      class="main"
      data-testid="cash-next"
      disabled={why !== null}
      onClick={turn}
    >
      {why ?? text.next}
    </button>
  );
  return (
    <Frame title={text.takeCash} sub={loan.borrower_name} foot={next}>
      <div class="amount" aria-live="polite">
        <b data-testid="amount">¥{draft.amount || '0'}</b>
        <span>{fen && capitals(fen)}</span>
      </div>
      <Pad value={draft.amount} onValue={(amount) => change({ amount })} />
      {fen !== null && (
        <dl class="card">
          <SplitLines split={splitOf(loan, fen)} />
        </dl>
      )}
      <MethodForm draft={draft} change={change} />
      <PayerForm draft={draft} change={change} />
      <button
        data-testid="suspect-open"
        onClick={() => go({ name: 'suspect', visit: started.visit, loan: loan.id })}
      >
        {text.suspect}
      </button>
    </Frame>
  );
}

/** The reason why no slip can be given for this; asked before the cash changes hands. */
function whyNot(draft: CashDraft, fen: number | null): string | null {
  if (fen === null) return text.needsAmount;
  const limits = shown.settings.value;
  const isCash = draft.method === 'cash';
  const over = checkMayTake(fen, isCash ? shown.handFen.value : 0, limits);
  if (!isCash && !draft.evidence_no.trim()) return text.needsEvidence;
  if (over) return fill(text[over], yuan(limits.receipt_max_fen), yuan(limits.hand_max_fen));
  return draft.payer_name.trim() ? null : text.needsPayer;
}

/** A slip for the same loan and the same amount a moment ago, if there is one. */
function twinOf(loan: Loan, fen: number) {
  const since = phone.clock.now() - TWICE_MS;
  return phone.log.value.findLast(
    ({ event }) =>
      event.kind === 'cash.receipt' &&
      event.case === loan.id &&
      event.occurred_at >= since &&
      amountOf(event.body) === fen,
  );
}

function CountAgain({ started, loan, draft, name, turn }: StepProps) {
  const fen = fenOf(draft.amount) ?? 0;
  const buttons = (
    <div class="two">
      <button data-testid="cash-again" onClick={turn}>
        {text.change}
      </button>
      <SaveButton
        id="cash-confirm"
        words={text.counted}
        why={ink.value && isTooMuch(ink.value) ? text.tooMuchInk : null}
        save={() => save(started, loan, draft, fen)}
        kind="cash.receipt"
        draft={name}
        then={(saved) => goInstead({ name: 'receipt', hash: saved.at(-1)?.hash ?? '' })}
      />
    </div>
  );
  return (
    <Frame title={text.countAgain} sub={loan.borrower_name} foot={buttons}>
      <Warnings loan={loan} fen={fen} />
      {draft.method === 'cash' && <p>{text.countHint}</p>}
      <Sum fen={fen} />
      <dl class="card">
        <dt>{text.payer}</dt>
        <dd>{`${draft.payer_name} · ${text.payerRole[draft.payer_role] ?? ''}`}</dd>
        {draft.method !== 'cash' && <Evidence draft={draft} />}
        <SplitLines split={splitOf(loan, fen)} />
      </dl>
      <p class="soft">{text.splitNote}</p>
      <Ink label={text.signHere} id="payer-sign" onInk={(drawn) => (ink.value = drawn)} />
    </Frame>
  );
}

/** It may be the same payment written twice; it takes the place of the slip that was made void. */
function Warnings({ loan, fen }: { readonly loan: Loan; readonly fen: number }) {
  const twin = twinOf(loan, fen);
  const corrected = toCorrect(phone, loan.id);
  return (
    <>
      {twin && (
        <Say tone="red" id="cash-twice">
          {fill(text.twice, timeOf(twin.event.occurred_at))}
        </Say>
      )}
      {corrected && (
        <Say tone="amber" id="cash-corrects">
          {fill(text.corrects, String(corrected.event.body.receipt_no))}
        </Say>
      )}
    </>
  );
}

const Sum = ({ fen }: { readonly fen: number }) => (
  <div class="amount big">
    <b>{yuan(fen)}</b>
    <span>{capitals(fen)}</span>
  </div>
);

async function save(started: Started, loan: Loan, draft: CashDraft, fen: number) {
  const { next } = shown.slips.value;
  const title = `${kindWords('cash.receipt')} ${yuan(fen)} ${capitals(fen)}`;
  const lines = noteLines(title, loan.borrower_name, `${text.payer} ${draft.payer_name}`);
  if (!next) return null;
  const [split, signature] = [splitOf(loan, fen), ink.value];
  return takeCash(phone, started, loan, { draft, fen, split, next, signature, lines });
}
