/** A note that the officer does not take: logged with its serial number, never cash (U17). */

import { noteSuspect } from '../state/actions';
import { back } from '../state/nav';
import { phone } from '../state/start';
import { draftWith, findVisit } from '../state/visits';
import type { Change } from '../state/visits';
import { noteLines, text, yuan } from '../parts/words';
import { Choice } from '../parts/choice';
import { Field } from '../parts/field';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { SaveButton } from '../parts/save-button';
import { Say } from '../parts/say';

/** Notes of the renminbi, in fen, with the yuan that stand on them. */
const PIECES = { 10000: '100', 5000: '50', 2000: '20', 1000: '10', 500: '5', 100: '1' };

interface Draft {
  readonly piece: string;
  readonly serial: string;
  readonly note: string;
}

export function Suspect({ visit, loan: id }: { readonly visit: string; readonly loan: string }) {
  const found = findVisit(phone, visit, id);
  if (!found?.loan) return <Gone />;
  const { started, loan } = found;
  const name = `suspect ${visit} ${id}`;
  const [draft, change] = draftWith<Draft>(phone, name, { piece: '10000', serial: '', note: '' });
  const { piece, serial, note } = draft;
  const suspect = { denomination_fen: Number(piece), serial, note };
  const lines = noteLines(text.suspect, loan.borrower_name, `${yuan(Number(piece))} ${serial}`);
  const button = (
    <SaveButton
      id="suspect-save"
      words={text.suspectSave}
      save={() => noteSuspect(phone, started, loan, suspect, lines)}
      kind="cash.suspect_noted"
      draft={name}
      then={back}
    />
  );
  return (
    <Frame title={text.suspect} sub={loan.borrower_name} foot={button}>
      <Say tone="amber">{text.suspectHint}</Say>
      <Choice
        label={text.suspectPiece}
        id="suspect"
        options={PIECES as Readonly<Record<string, string>>}
        value={piece}
        onPick={(one) => change({ piece: one })}
      />
      <Words draft={draft} change={change} />
    </Frame>
  );
}

function Words({ draft, change }: { readonly draft: Draft; readonly change: Change<Draft> }) {
  return (
    <>
      <Field
        label={text.suspectSerial}
        id="suspect-serial"
        max={40}
        value={draft.serial}
        onValue={(serial) => change({ serial })}
      />
      <Field
        label={text.note}
        id="suspect-note"
        max={500}
        value={draft.note}
        onValue={(note) => change({ note })}
      />
    </>
  );
}
