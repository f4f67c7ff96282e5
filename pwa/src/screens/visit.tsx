/** The visit: whom we met, what is done now, and what came of it. */

import { timeOf } from '../device/clock';
import { endVisit } from '../state/actions';
import { backTo, go } from '../state/nav';
import { phone } from '../state/start';
import type { House, Loan } from '../state/view';
import { draftWith, findVisit, visitDraft, visitDraftName } from '../state/visits';
import type { Started, VisitDraft } from '../state/visits';
import { fill, noteLines, text, withWords } from '../parts/words';
import { Choice } from '../parts/choice';
import { Field } from '../parts/field';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { LoanCard } from '../parts/loan-card';
import { RecordRow } from '../parts/record-row';
import { openNotice } from '../parts/notice-paper';
import { SaveButton } from '../parts/save-button';
import { Say } from '../parts/say';

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
  const since = fill(text.since, timeOf(started.started_at));
  const sub = `${since} · ${withWords(started.second_person)}`;
  return (
    <Frame title={house.row.name} sub={sub} foot={button}>
      <Met draft={draft} change={change} />
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

/** Another person has another name; most of the time we have talked. */
const metNow = (met: string): Partial<VisitDraft> => ({
  met,
  met_name: '',
  met_relation: '',
  outcome: met === 'nobody' ? null : 'met',
});

function Met({ draft, change }: Part) {
  const { met } = draft;
  const isNamed = met !== null && met !== 'nobody' && met !== 'debtor';
  return (
    <>
      <Choice
        label={text.whoMet}
        id="met"
        options={text.metWho}
        value={met}
        onPick={(picked) => change(metNow(picked))}
      />
      {isNamed && <MetDetails draft={draft} change={change} />}
    </>
  );
}

function MetDetails({ draft, change }: Part) {
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
  const { loans } = house;
  const loan = loans.find(({ id }) => id === draft.loan) ?? loans[0];
  if (!loan) return <p class="empty">{text.noLoan}</p>;
  const mayKnow = MAY_KNOW.includes(draft.met ?? '');
  const alone = started.second_person === null;
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
      {mayKnow && alone && <Say tone="amber">{text.aloneLocked}</Say>}
      {draft.met === 'other' && <Say tone="amber">{text.strangerHint}</Say>}
      <Acts started={started} loan={loan} mayKnow={mayKnow} />
    </section>
  );
}

interface ActsProps {
  readonly started: Started;
  readonly loan: Loan;
  readonly mayKnow: boolean;
}

/** Papers and cash need two officers (R2). */
function Acts({ started, loan, mayKnow }: ActsProps) {
  const alone = started.second_person === null;
  const about = { visit: started.visit, loan: loan.id };
  const act = (id: string, words: string, off: boolean, press: () => void) => (
    <button class="act" data-testid={id} disabled={off} onClick={press}>
      {words}
    </button>
  );
  const notice = () => openNotice(started, loan);
  const cash = () => go({ name: 'cash', ...about, counting: false });
  const intention = () => go({ name: 'intention', ...about });
  const unsigned = () => go({ name: 'unsigned', ...about });
  return (
    <div class="acts">
      {mayKnow && act('make-notice', text.makeNotice, alone, notice)}
      {mayKnow && act('take-cash', text.takeCash, alone, cash)}
      {mayKnow && act('intention-open', text.intention, false, intention)}
      {act('unsigned-open', text.unsignedOpen, false, unsigned)}
    </div>
  );
}
