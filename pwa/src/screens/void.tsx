/** Making a slip void: the number stays, with a reason, and whether the money went back. */

import { voidReceipt } from '../state/actions';
import { back } from '../state/nav';
import { phone } from '../state/start';
import { amountOf } from '../state/view';
import { draftWith } from '../state/visits';
import type { Change } from '../state/visits';
import { fill, noteLines, text, withWords, yuan } from '../parts/words';
import { Choice } from '../parts/choice';
import { Field } from '../parts/field';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { SaveButton } from '../parts/save-button';
import { Say } from '../parts/say';

interface Draft {
  readonly reason: string;
  readonly returned: 'yes' | 'no' | null;
}

export function VoidReceipt({ hash }: { readonly hash: string }) {
  const slip = phone.log.value.find((event) => event.hash === hash);
  if (!slip) return <Gone />;
  const name = `void ${hash}`;
  const [draft, change] = draftWith<Draft>(phone, name, { reason: '', returned: null });
  const { reason, returned } = draft;
  const { body } = slip.event;
  const title = fill(text.voidTitle, String(body.receipt_no));
  const money_returned = returned === 'yes';
  const button = (
    <SaveButton
      id="void-save"
      words={text.voidSave}
      why={reason.trim() && returned ? null : text.voidReason}
      save={() => voidReceipt(phone, slip, { reason, money_returned }, noteLines(title, ''))}
      kind="cash.void"
      draft={name}
      then={back}
      danger
    />
  );
  return (
    <Frame title={title} sub={yuan(amountOf(body))} foot={button}>
      <Say tone="amber">{text.voidHint}</Say>
      <Why draft={draft} change={change} />
      <p class="soft">{withWords(body.second_person as string | null)}</p>
    </Frame>
  );
}

function Why({ draft, change }: { readonly draft: Draft; readonly change: Change<Draft> }) {
  return (
    <>
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
        options={text.returned}
        value={draft.returned}
        onPick={(returned) => change({ returned })}
      />
    </>
  );
}
