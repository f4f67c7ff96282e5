/** The visit: whom we met, what is done now, and what came of it. */

import { useState } from 'preact/hooks';
import { timeOf } from '../device/clock';
import { endVisit } from '../state/actions';
import { backTo, go } from '../state/nav';
import type { Screen } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { say } from '../state/toast';
import type { House } from '../state/view';
import { BLANK_VISIT, changeDraft, draftOf, dropDraft, visitOf } from '../state/visits';
import type { Started, VisitDraft } from '../state/visits';
import { noteLines, personWords, text } from '../text';
import { Choice } from '../parts/choice';
import { Field } from '../parts/field';
import { Frame } from '../parts/frame';
import { LoanCard } from '../parts/loan-card';
import { RecordRow } from '../parts/record-row';

const MET = ['debtor', 'co_borrower', 'guarantor', 'adult_relative', 'other', 'nobody'] as const;
const MET_OUTCOMES = ['met', 'refused_to_talk', 'asked_to_leave'] as const;
const AWAY_OUTCOMES = [
  'not_home',
  'away_for_work',
  'moved',
  'lost_contact',
  'deceased_to_verify',
] as const;

/** Those to whom the debt may be shown; a stranger sees no amount and gets no notice (R9). */
const MAY_KNOW = ['debtor', 'co_borrower', 'guarantor', 'adult_relative'];

export const draftName = (visit: string): string => `visit ${visit}`;

export function Visit({ visit }: { readonly visit: string }) {
  const started = visitOf(phone.log.value, visit);
  const house = started && shown.houses.value.get(started.household);
  if (!started || !house) return <Frame title={text.gone}>{text.goneWhy}</Frame>;
  const draft = draftOf(phone, draftName(visit), BLANK_VISIT);
  const change = (part: Partial<VisitDraft>) => changeDraft(phone, draftName(visit), part);
  const second = started.second_person;
  const with_ = second ? text.with(personWords(second)) : text.alone;
  return (
    <Frame
      title={house.row.name}
      sub={`${text.since(timeOf(started.started_at))} · ${with_}`}
      foot={<EndButton started={started} house={house} draft={draft} />}
    >
      <Choice
        label={text.whoMet}
        id="met"
        options={MET}
        words={(code) => text.met[code]}
        value={draft.met as (typeof MET)[number] | null}
        onPick={(met) => change({ met, outcome: met === 'nobody' ? null : 'met' })}
      />
      <MetDetails draft={draft} change={change} />
      {draft.met && <Actions started={started} house={house} draft={draft} change={change} />}
      {draft.met && <Outcome draft={draft} change={change} />}
      <Done visit={visit} />
    </Frame>
  );
}

interface Part {
  readonly draft: VisitDraft;
  readonly change: (part: Partial<VisitDraft>) => void;
}

function MetDetails({ draft, change }: Part) {
  const { met } = draft;
  if (met === null || met === 'nobody' || met === 'debtor') return null;
  return (
    <div class="pair">
      <Field
        label={text.metName}
        id="met-name"
        value={draft.met_name}
        onValue={(met_name) => change({ met_name })}
      />
      {met === 'adult_relative' && (
        <Field
          label={text.relation}
          id="met-relation"
          value={draft.met_relation}
          onValue={(met_relation) => change({ met_relation })}
        />
      )}
    </div>
  );
}

function Outcome({ draft, change }: Part) {
  const options = draft.met === 'nobody' ? AWAY_OUTCOMES : [...MET_OUTCOMES, ...AWAY_OUTCOMES];
  type Code = (typeof MET_OUTCOMES)[number] | (typeof AWAY_OUTCOMES)[number];
  return (
    <>
      <Choice
        label={text.whatCame}
        id="outcome"
        options={options as readonly Code[]}
        words={(code) => text.outcome[code]}
        value={draft.outcome as Code | null}
        onPick={(outcome) => change({ outcome })}
      />
      {draft.outcome === 'away_for_work' && (
        <Field
          label={text.awayPlace}
          id="outcome-away"
          value={draft.away_place}
          onValue={(away_place) => change({ away_place })}
        />
      )}
      <Field
        label={text.note}
        id="visit-note"
        max={500}
        value={draft.note}
        onValue={(note) => change({ note })}
      />
    </>
  );
}

interface ActionsProps extends Part {
  readonly started: Started;
  readonly house: House;
}

function Actions({ started, house, draft, change }: ActionsProps) {
  const { visit } = started;
  const loan = house.loans.find(({ id }) => id === draft.loan) ?? house.loans[0];
  if (!loan) return <p class="empty">{text.noLoan}</p>;
  const mayKnow = MAY_KNOW.includes(draft.met ?? '');
  const papers = mayKnow && started.second_person !== null;
  const open = (name: 'notice' | 'cash' | 'intention' | 'unsigned') => () =>
    go({ name, visit, loan: loan.id } as Screen);
  return (
    <section>
      {house.loans.length > 1 && (
        <Choice
          label={text.whichLoan}
          id="loan"
          options={house.loans.map(({ id }) => id)}
          words={(id) => loanWords(house, id)}
          value={loan.id}
          onPick={(id) => change({ loan: id })}
        />
      )}
      {mayKnow && <LoanCard loan={loan} />}
      {mayKnow && !papers && <p class="notice amber">{text.aloneLocked}</p>}
      {draft.met === 'other' && <p class="notice amber">{text.strangerHint}</p>}
      <div class="acts">
        <Act id="make-notice" words={text.makeNotice} off={!papers} press={open('notice')} />
        <Act id="take-cash" words={text.takeCash} off={!papers} press={open('cash')} />
        <Act id="intention-open" words={text.intention} off={!mayKnow} press={open('intention')} />
        <Act id="unsigned-open" words={text.unsignedOpen} off={false} press={open('unsigned')} />
      </div>
    </section>
  );
}

function loanWords(house: House, id: string): string {
  const loan = house.loans.find((one) => one.id === id);
  return loan?.contract_no ?? id;
}

interface ActProps {
  readonly id: string;
  readonly words: string;
  readonly off: boolean;
  readonly press: () => void;
}

function Act({ id, words, off, press }: ActProps) {
  return (
    <button type="button" class="act" data-testid={id} disabled={off} onClick={press}>
      {words}
    </button>
  );
}

function Done({ visit }: { readonly visit: string }) {
  const records = phone.log.value.filter(({ event }) => event.visit === visit).reverse();
  return (
    <section>
      <h2>{text.doneHere}</h2>
      {records.map((record) => (
        <RecordRow key={record.hash} record={record} />
      ))}
    </section>
  );
}

interface EndProps {
  readonly started: Started;
  readonly house: House;
  readonly draft: VisitDraft;
}

function EndButton({ started, house, draft }: EndProps) {
  const [busy, setBusy] = useState(false);
  const ready = draft.met !== null && draft.outcome !== null;
  const press = async () => {
    setBusy(true);
    const lines = noteLines(text.endVisit, house.row.name, phone.clock.now());
    const saved = await endVisit(phone, started, draft, lines);
    setBusy(false);
    if (!saved) return;
    dropDraft(phone, draftName(started.visit));
    say(text.savedAs(text.kind['visit.outcome']));
    backTo('village');
  };
  return (
    <button
      type="button"
      class="main"
      data-testid="visit-end"
      disabled={!ready || busy}
      onClick={() => void press()}
    >
      {ready ? text.endVisit : text.endVisitWhy}
    </button>
  );
}
