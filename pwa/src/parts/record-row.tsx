/** One record of this phone, with where it is; a receipt can be opened. */

import { go } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import type { StoredEvent } from '../store/db';
import { momentWords, reasonWords, recordWords, text } from './words';
import { WhereMark } from './marks';

/** Its height, for the long list. */
export const RECORD_ROW_PX = 84;

export function RecordRow({ record }: { readonly record: StoredEvent }) {
  const { event, hash } = record;
  const where = shown.where(record);
  const waits = where === 'quarantined' || where === 'parked';
  const number = event.body.receipt_no ?? event.body.notice_no;
  const reason = phone.verdicts.value.get(hash)?.reason ?? null;
  const why = where === 'parked' ? text.parkedWhy : reasonWords(reason);
  return (
    <button
      class="record"
      data-testid={`record-${hash.slice(0, 8)}`}
      data-kind={event.kind}
      data-state={where}
      onClick={() => event.kind === 'cash.receipt' && go({ name: 'receipt', hash })}
    >
      <span class="row">
        <span>{recordWords(record)}</span>
        <WhereMark event={record} />
      </span>
      <span class={waits ? 'red-ink' : 'soft'}>
        {[momentWords(event.occurred_at), number, waits && why]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </button>
  );
}
