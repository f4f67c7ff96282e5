/** What the borrower says he will do: an intention; with a date and an amount it is a promise. */

import { recordIntention, recordPromise } from '../state/actions';
import { fenOf } from '../state/cash-draft';
import { back } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { dueFen, promiseRange } from '../state/view';
import type { Loan } from '../state/view';
import { draftWith, findVisit } from '../state/visits';
import type { Change, Started } from '../state/visits';
import { dayWords, fill, noteLines, text, yuan } from '../parts/words';
import { DateField, Field } from '../parts/field';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { SaveButton } from '../parts/save-button';
import { Say } from '../parts/say';

interface Draft {
  readonly note: string;
  readonly amount: string;
  readonly date: string;
  readonly cause: string;
}

const BLANK: Draft = { note: '', amount: '', date: '', cause: '' };

export function Intention({ visit, loan: id }: { readonly visit: string; readonly loan: string }) {
  const found = findVisit(phone, visit, id);
  if (!found?.loan) return <Gone />;
  const { started, loan } = found;
  const name = `intention ${visit} ${id}`;
  const [draft, change] = draftWith(phone, name, BLANK);
  const props = { started, loan, draft, change, name };
  return (
    <Frame title={text.intention} sub={loan.borrower_name}>
      <Willing {...props} />
      <Promised {...props} />
    </Frame>
  );
}

interface PartProps {
  readonly started: Started;
  readonly loan: Loan;
  readonly draft: Draft;
  readonly change: Change<Draft>;
  readonly name: string;
}

function Willing({ started, loan, draft, change, name }: PartProps) {
  const { note } = draft;
  const lines = () => noteLines(text.willing, loan.borrower_name);
  return (
    <section class="card">
      <h2>{text.willing}</h2>
      <p class="soft">{text.intentionHint}</p>
      <Field
        label={text.note}
        id="intention-note"
        max={500}
        value={note}
        onValue={(value) => change({ note: value })}
      />
      <SaveButton
        id="intention-save"
        words={text.intentionSave}
        save={() => recordIntention(phone, started, loan, note, lines())}
        kind="intention.recorded"
        draft={name}
        then={back}
      />
    </section>
  );
}

function Promised({ started, loan, draft, change, name }: PartProps) {
  const { date, amount, cause } = draft;
  const fen = fenOf(amount);
  const save = () => {
    const lines = noteLines(text.promise, loan.borrower_name, `${yuan(fen ?? 0)} ${date}`);
    return recordPromise(phone, started, loan, { fen: fen ?? 0, due_on: date, cause }, lines);
  };
  return (
    <section class="card">
      <h2>{text.promise}</h2>
      <Field
        label={text.promiseAmount}
        id="promise-amount"
        mode="decimal"
        value={amount}
        onValue={(value) => change({ amount: value })}
      />
      <DateField
        label={text.promiseDate}
        id="promise-date"
        {...promiseRange(shown.today.value)}
        value={date}
        onValue={(value) => change({ date: value })}
      />
      <Cause draft={draft} change={change} />
      {fen !== null && fen > dueFen(loan) && <Say tone="amber">{text.moreThanDue}</Say>}
      <SaveButton
        id="promise-save"
        words={text.promiseSave}
        why={whyNot(draft, fen)}
        save={save}
        kind="promise.made"
        draft={name}
        then={back}
      />
    </section>
  );
}

function Cause({ draft, change }: Pick<PartProps, 'draft' | 'change'>) {
  return (
    <Field
      label={text.cause}
      id="promise-cause"
      max={200}
      value={draft.cause}
      onValue={(cause) => change({ cause })}
    />
  );
}

/** A promise needs an amount, and a day that lies ahead, but not too far. */
function whyNot({ amount, date }: Draft, fen: number | null): string | null {
  const { from, to } = promiseRange(shown.today.value);
  if (fen === null) return amount === '' ? text.needsAmount : text.amountWrong;
  return date > from && date <= to ? null : fill(text.promiseRange, dayWords(to));
}
