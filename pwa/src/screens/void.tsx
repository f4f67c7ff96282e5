/** Making a slip void: the number stays, with a reason, and whether the money went back. */

import { useState } from 'preact/hooks';
import { voidReceipt } from '../state/actions';
import { back } from '../state/nav';
import { phone } from '../state/start';
import { say } from '../state/toast';
import { amountOf } from '../state/view';
import { changeDraft, draftOf, dropDraft } from '../state/visits';
import { noteLines, personWords, text, yuan } from '../text';
import { Choice } from '../parts/choice';
import { Field } from '../parts/field';
import { Frame } from '../parts/frame';

interface Draft {
  readonly reason: string;
  readonly returned: 'yes' | 'no' | null;
}

export function VoidReceipt({ hash }: { readonly hash: string }) {
  const slip = phone.log.value.find((event) => event.hash === hash);
  const [busy, setBusy] = useState(false);
  if (!slip) return null;
  const name = `void ${hash}`;
  const draft = draftOf<Draft>(phone, name, { reason: '', returned: null });
  const change = (part: Partial<Draft>) => changeDraft(phone, name, part);
  const second_person = (slip.event.body.second_person as string | null) ?? null;
  const press = async () => {
    setBusy(true);
    const why = { reason: draft.reason, money_returned: draft.returned === 'yes', second_person };
    const title = `${text.void_} ${String(slip.event.body.receipt_no)}`;
    const saved = await voidReceipt(phone, slip, why, noteLines(title, '', phone.clock.now()));
    setBusy(false);
    if (!saved) return;
    dropDraft(phone, name);
    say(text.savedAs(text.kind['cash.void']));
    back();
  };
  const ready = draft.reason.trim() !== '' && draft.returned !== null;
  return (
    <Frame
      title={text.voidTitle(String(slip.event.body.receipt_no))}
      sub={yuan(amountOf(slip.event.body))}
      foot={
        <button
          type="button"
          class="main danger"
          data-testid="void-save"
          disabled={!ready || busy}
          onClick={() => void press()}
        >
          {text.voidSave}
        </button>
      }
    >
      <p class="notice amber">{text.voidHint}</p>
      <Field
        label={text.voidReason}
        id="void-reason"
        max={200}
        value={draft.reason}
        onValue={(reason) => change({ reason })}
      />
      <Choice
        label={text.moneyReturned}
        id="returned"
        options={['yes', 'no'] as const}
        words={(code) => text[code]}
        value={draft.returned}
        onPick={(returned) => change({ returned })}
      />
      <p class="soft">{second_person ? text.with(personWords(second_person)) : text.alone}</p>
    </Frame>
  );
}
