/** Why the notice was not signed. A household without a reason shows in the report as such. */

import { recordUnsigned } from '../state/actions';
import { back } from '../state/nav';
import { phone } from '../state/start';
import { draftWith, findVisit, noticeMade, visitDraft } from '../state/visits';
import type { Change } from '../state/visits';
import { kindWords, noteLines, text } from '../parts/words';
import { Choice } from '../parts/choice';
import { Field } from '../parts/field';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { SaveButton } from '../parts/save-button';

type Reason = keyof typeof text.unsigned;

/** The outcome of the visit already says why, most of the time. */
const BY_OUTCOME: Readonly<Record<string, Reason>> = {
  away_for_work: 'AWAY_MIGRANT_WORK',
  not_home: 'NOT_HOME',
  refused_to_talk: 'REFUSED',
  moved: 'MOVED',
  lost_contact: 'LOST_CONTACT',
  deceased_to_verify: 'DECEASED',
};

interface Draft {
  readonly reason: Reason | null;
  readonly away_place: string;
  readonly note: string;
}

/** What the visit has said already is proposed. */
function blankFor(visit: string): Draft {
  const { outcome, away_place } = visitDraft(phone, visit);
  return { reason: BY_OUTCOME[outcome ?? ''] ?? null, away_place, note: '' };
}

export function Unsigned({ visit, loan }: { readonly visit: string; readonly loan: string }) {
  const found = findVisit(phone, visit);
  if (!found) return <Gone />;
  const { started, house } = found;
  const name = `unsigned ${visit}`;
  const [draft, change] = draftWith<Draft>(phone, name, blankFor(visit));
  const { reason } = draft;
  const save = () => {
    const notice = noticeMade(phone.log.value, visit, loan);
    const lines = noteLines(`${kindWords('notice.unsigned')} ${reason}`, house.row.name);
    return recordUnsigned(phone, started, { ...draft, loan, notice }, lines);
  };
  const button = (
    <SaveButton
      id="unsigned-save"
      words={text.save}
      why={reason ? null : text.whyUnsigned}
      save={save}
      kind="notice.unsigned"
      draft={name}
      then={back}
    />
  );
  return (
    <Frame title={text.unsignedOpen} sub={house.row.name} foot={button}>
      <Choice
        label={text.whyUnsigned}
        id="unsigned-reason"
        options={text.unsigned}
        value={reason}
        onPick={(picked) => change({ reason: picked })}
      />
      <Details draft={draft} change={change} />
    </Frame>
  );
}

function Details({ draft, change }: { readonly draft: Draft; readonly change: Change<Draft> }) {
  return (
    <>
      {draft.reason === 'AWAY_MIGRANT_WORK' && (
        <Field
          label={text.awayPlace}
          id="away-place"
          value={draft.away_place}
          onValue={(away_place) => change({ away_place })}
        />
      )}
      <Field
        label={text.note}
        id="unsigned-note"
        max={500}
        value={draft.note}
        onValue={(note) => change({ note })}
      />
    </>
  );
}
