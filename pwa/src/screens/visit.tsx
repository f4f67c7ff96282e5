/** The visit: whom we met, what is done now, and what came of it. */

import { timeOf } from '../device/clock';
import { endVisit } from '../state/actions';
import { backTo, go } from '../state/nav';
import { phone } from '../state/start';
import type { House } from '../state/view';
import { draftWith, findVisit, visitDraft, visitDraftName } from '../state/visits';
import type { Started, VisitDraft } from '../state/visits';
import { fill, noteLines, text, withWords } from '../text';
import { Choice } from '../parts/choice';
import { Field } from '../parts/field';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { LoanCard } from '../parts/loan-card';
import { RecordRow } from '../parts/record-row';
import { SaveButton } from '../parts/save-button';
import { Say } from '../parts/say';
import { openNotice } from './notice';

/** Those to whom the debt may be shown; a stranger sees no amount and gets no notice (R9). */
const MAY_KNOW = ['debtor', 'co_borrower', 'guarantor', 'adult_relative'];

export function Visit({ visit }: { readonly visit: string }) {
  const found = findVisit(phone, visit);
  if (!found) return <Gone />;
  const { started, house } = found;
  const name = visitDraftName(visit);
  const [draft, change] = draftWith(phone, name, visitDraft(phone, visit));
  const { met, outcome } = draft;
  const done = phone.log.value.filter(({ event }) => event.visit === visit).reverse();
  const button = (
    <SaveButton
      id="visit-end"
      words={text.endVisit}
      why={met && outcome ? null : text.endVisitWhy}
      save={() => endVisit(phone, started, draft, noteLines(text.endVisit, house.row.name))}
      kind="visit.outcome"
      draft={name}
      then={() => backTo('village')}
    />
  );
  const sub = `${fill(text.since, timeOf(started.started_at))} · ${withWords(started.second_person)}`;
  return (
    <Frame title={house.row.name} sub={sub} foot={button}>
      <Choice
        label={text.whoMet}
        id="met"
        options={text.metWho}
        value={met}
        onPick={(picked) =>
          change({
            met: picked,
            met_name: '',
            met_relation: '',
            outcome: picked === 'nobody' ? null : 'met',
          })
        }
      />
      <MetDetails draft={draft} change={change} />
      {met && <Actions started={started} house={house} draft={draft} change={change} />}
      {met && <Outcome draft={draft} change={change} />}
      <h2>{text.doneHere}</h2>
      {done.map((record) => (
        <RecordRow key={record.hash} record={record} />
      ))}
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
      <Field
        label={text.relation}
        id="met-relation"
        value={draft.met_relation}
        onValue={(met_relation) => change({ met_relation })}
      />
    </div>
  );
}

function Outcome({ draft, change }: Part) {
  const { met, refused_to_talk, asked_to_leave, ...away } = text.outcome;
  const options: Record<string, string> =
    draft.met === 'nobody' ? away : { met, refused_to_talk, asked_to_leave, ...away };
  return (
    <>
      <Choice
        label={text.whatCame}
        id="outcome"
        options={options}
        value={draft.outcome}
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
  const { visit, second_person } = started;
  const { loans } = house;
  const loan = loans.find(({ id }) => id === draft.loan) ?? loans[0];
  if (!loan) return <p class="empty">{text.noLoan}</p>;
  const mayKnow = MAY_KNOW.includes(draft.met ?? '');
  const mayPaper = mayKnow && second_person !== null;
  const about = { visit, loan: loan.id };
  const act = (id: string, words: string, may: boolean, press: () => void) => (
    <button class="act" data-testid={id} disabled={!may} onClick={press}>
      {words}
    </button>
  );
  return (
    <section>
      {loans.length > 1 && (
        <Choice
          label={text.whichLoan}
          id="loan"
          options={Object.fromEntries(loans.map(({ id, contract_no }) => [id, contract_no ?? id]))}
          value={loan.id}
          onPick={(id) => change({ loan: id })}
        />
      )}
      {mayKnow && <LoanCard loan={loan} />}
      {mayKnow && !mayPaper && <Say tone="amber">{text.aloneLocked}</Say>}
      {draft.met === 'other' && <Say tone="amber">{text.strangerHint}</Say>}
      <div class="acts">
        {mayKnow &&
          act('make-notice', text.makeNotice, mayPaper, () => openNotice(started, loan))}
        {mayKnow &&
          act('take-cash', text.takeCash, mayPaper, () =>
            go({ name: 'cash', ...about, counting: false }),
          )}
        {mayKnow &&
          act('intention-open', text.intention, true, () => go({ name: 'intention', ...about }))}
        {act('unsigned-open', text.unsignedOpen, true, () => go({ name: 'unsigned', ...about }))}
      </div>
    </section>
  );
}
