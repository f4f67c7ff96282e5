/** Why the notice was not signed. A household without a reason shows in the report as such. */

import { useState } from 'preact/hooks';
import { recordUnsigned } from '../state/actions';
import { back } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { say } from '../state/toast';
import { BLANK_VISIT, changeDraft, draftOf, dropDraft, inVisit, visitOf } from '../state/visits';
import type { Started } from '../state/visits';
import { noteLines, text } from '../text';
import { Choice } from '../parts/choice';
import { Field } from '../parts/field';
import { Frame } from '../parts/frame';
import { draftName } from './visit';

const REASONS = [
  'AWAY_MIGRANT_WORK',
  'NOT_HOME',
  'REFUSED',
  'DISPUTES_DEBT',
  'MOVED',
  'DECEASED',
  'LOST_CONTACT',
  'OTHER',
  'UNSTATED',
] as const;

type Reason = (typeof REASONS)[number];

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

export function Unsigned({ visit, loan }: { readonly visit: string; readonly loan: string }) {
  const started = visitOf(phone.log.value, visit);
  const [busy, setBusy] = useState(false);
  if (!started) return null;
  const name = `unsigned ${visit}`;
  const { outcome, away_place } = draftOf(phone, draftName(visit), BLANK_VISIT);
  const reason = BY_OUTCOME[outcome ?? ''] ?? null;
  const draft = draftOf<Draft>(phone, name, { reason, away_place, note: '' });
  const change = (part: Partial<Draft>) => changeDraft(phone, name, part);
  const press = async () => {
    setBusy(true);
    const saved = await save(started, loan, draft);
    setBusy(false);
    if (!saved) return;
    dropDraft(phone, name);
    say(text.savedAs(text.kind['notice.unsigned']));
    back();
  };
  return (
    <Frame
      title={text.unsignedOpen}
      sub={shown.houses.value.get(started.household)?.row.name}
      foot={
        <button
          type="button"
          class="main"
          data-testid="unsigned-save"
          disabled={draft.reason === null || busy}
          onClick={() => void press()}
        >
          {text.save}
        </button>
      }
    >
      <Choice
        label={text.whyUnsigned}
        id="unsigned-reason"
        options={REASONS}
        words={(code) => text.unsigned[code] ?? code}
        value={draft.reason}
        onPick={(picked) => change({ reason: picked })}
      />
      {draft.reason === 'AWAY_MIGRANT_WORK' && (
        <Field
          label={text.awayPlace}
          id="away-place"
          value={draft.away_place}
          onValue={(place) => change({ away_place: place })}
        />
      )}
      <Field
        label={text.note}
        id="unsigned-note"
        max={500}
        value={draft.note}
        onValue={(note) => change({ note })}
      />
    </Frame>
  );
}

function save(started: Started, loan: string, draft: Draft) {
  const made = inVisit(phone.log.value, started.visit, 'notice.made').findLast(
    ({ event }) => event.case === loan,
  );
  const why = {
    notice_no: made ? String(made.event.body.notice_no) : null,
    loan,
    reason: draft.reason ?? 'UNSTATED',
    away_place: draft.reason === 'AWAY_MIGRANT_WORK' ? draft.away_place : '',
    note: draft.note,
  };
  const house = shown.houses.value.get(started.household)?.row.name ?? started.household;
  const title = `${text.kind['notice.unsigned']}：${text.unsigned[why.reason]}`;
  return recordUnsigned(phone, started, why, noteLines(title, house, phone.clock.now()));
}
