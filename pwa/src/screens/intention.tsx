/** What the borrower says he will do: an intention; with a date and an amount it is a promise. */

import { useState } from 'preact/hooks';
import { recordIntention, recordPromise } from '../state/actions';
import { fenOf } from '../state/cash-draft';
import { back } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { say } from '../state/toast';
import { dueFen, promiseRange } from '../state/view';
import type { Loan } from '../state/view';
import { changeDraft, draftOf, dropDraft, visitOf } from '../state/visits';
import { dayWords, noteLines, text, yuan } from '../text';
import { DateField, Field } from '../parts/field';
import { Frame } from '../parts/frame';

interface Draft {
  readonly note: string;
  readonly amount: string;
  readonly date: string;
  readonly cause: string;
}

const BLANK: Draft = { note: '', amount: '', date: '', cause: '' };

export function Intention({ visit, loan: id }: { readonly visit: string; readonly loan: string }) {
  const started = visitOf(phone.log.value, visit);
  const house = started && shown.houses.value.get(started.household);
  const loan = house?.loans.find((one) => one.id === id);
  const [busy, setBusy] = useState(false);
  if (!started || !loan) return <Frame title={text.gone}>{text.goneWhy}</Frame>;
  const name = `intention ${visit} ${id}`;
  const draft = draftOf<Draft>(phone, name, BLANK);
  const change = (part: Partial<Draft>) => changeDraft(phone, name, part);
  const run = async (kind: 'intention.recorded' | 'promise.made') => {
    setBusy(true);
    const lines = noteLines(text.kind[kind], loan.borrower_name, phone.clock.now());
    const { note, cause, date } = draft;
    const amount_fen = fenOf(draft.amount) ?? 0;
    const promise = { amount_fen, due_on: date, cause };
    const saved = await (kind === 'intention.recorded'
      ? recordIntention(phone, started, id, { note, lines })
      : recordPromise(phone, started, id, {
          promise,
          lines: [...lines, `${yuan(amount_fen)} ${date}`],
        }));
    setBusy(false);
    if (!saved) return;
    dropDraft(phone, name);
    say(text.savedAs(text.kind[kind]));
    back();
  };
  return (
    <Frame title={text.intention} sub={loan.borrower_name}>
      <Willing draft={draft} change={change} busy={busy} save={() => void run('intention.recorded')} />
      <Promised {...{ loan, draft, change, busy }} save={() => void run('promise.made')} />
    </Frame>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly busy: boolean;
  readonly save: () => void;
}

function Willing({ draft, change, busy, save }: PartProps) {
  return (
    <section class="card">
      <h2>{text.willing}</h2>
      <p class="soft">{text.intentionHint}</p>
      <Field
        label={text.note}
        id="intention-note"
        max={500}
        value={draft.note}
        onValue={(note) => change({ note })}
      />
      <button type="button" class="main" data-testid="intention-save" disabled={busy} onClick={save}>
        {text.intentionSave}
      </button>
    </section>
  );
}

function Promised({ loan, draft, change, busy, save }: PartProps & { readonly loan: Loan }) {
  const { from, to } = promiseRange(shown.today.value);
  const fen = fenOf(draft.amount);
  const dated = draft.date > from && draft.date <= to;
  const wrong = draft.date !== '' && !dated;
  return (
    <section class="card">
      <h2>{text.promise}</h2>
      <div class="pair">
        <Field
          label={text.promiseAmount}
          id="promise-amount"
          mode="decimal"
          value={draft.amount}
          onValue={(amount) => change({ amount })}
        />
        <DateField
          label={text.promiseDate}
          id="promise-date"
          from={from}
          to={to}
          value={draft.date}
          onValue={(date) => change({ date })}
        />
      </div>
      <Field
        label={text.cause}
        id="promise-cause"
        max={200}
        value={draft.cause}
        onValue={(cause) => change({ cause })}
      />
      {wrong && <p class="notice red">{text.promiseRange(dayWords(to))}</p>}
      {draft.amount !== '' && fen === null && <p class="notice red">{text.amountWrong}</p>}
      {fen !== null && fen > dueFen(loan) && <p class="notice amber">{text.moreThanDue}</p>}
      <button
        type="button"
        class="main"
        data-testid="promise-save"
        disabled={fen === null || !dated || busy}
        onClick={save}
      >
        {text.promiseSave}
      </button>
    </section>
  );
}
