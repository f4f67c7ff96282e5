/** One record of this phone, with where it is; a receipt can be opened. */

import { dayOf, timeOf } from '../device/clock';
import { go } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import type { StoredEvent } from '../store/db';
import { dayWords, recordWords, text } from '../text';
import { WhereMark } from './marks';

export function RecordRow({ record }: { readonly record: StoredEvent }) {
  const { event, hash } = record;
  const when = `${dayWords(dayOf(event.occurred_at), 'short')} ${timeOf(event.occurred_at)}`;
  const where = shown.where(record);
  const reason = phone.verdicts.value.get(hash)?.reason ?? null;
  const open = () => event.kind === 'cash.receipt' && go({ name: 'receipt', hash });
  return (
    <button
      type="button"
      class="record"
      data-testid={`record-${hash.slice(0, 8)}`}
      data-state={where}
      onClick={open}
    >
      <span class="row">
        <span>{recordWords(record)}</span>
        <WhereMark event={record} />
      </span>
      <span class="soft">{when}</span>
      {where === 'quarantined' && reason && <span class="red-ink">{text.reason(reason)}</span>}
    </button>
  );
}
