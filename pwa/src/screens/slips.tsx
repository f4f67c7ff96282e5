/** The receipts of this phone: how many stand in which way, and each of them. */

import { go } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { amountOf } from '../state/view';
import type { StoredEvent } from '../store/db';
import type { ReceiptState } from '../sync/receipt-states';
import { fill, momentWords, text, yuan } from '../parts/words';
import { Frame } from '../parts/frame';
import { LongList } from '../parts/long-list';
import { RECORD_ROW_PX } from '../parts/record-row';
import { SlipMark, StateWord } from '../parts/slip-mark';

export function Slips() {
  const slips = phone.log.value.filter(({ event }) => event.kind === 'cash.receipt').reverse();
  const { left, next } = shown.slips.value;
  const sub = `${fill(text.slipsLeftOf, left)}${next ? ` · ${fill(text.nextNo, next.no)}` : ''}`;
  return (
    <Frame title={text.slips} sub={sub} still>
      {slips.length === 0 && <p class="empty">{text.noSlips}</p>}
      <Standings slips={slips} />
      <LongList items={slips} rowHeight={RECORD_ROW_PX} keyOf={({ hash }) => hash}>
        {(slip) => <SlipRow slip={slip} />}
      </LongList>
    </Frame>
  );
}

/** In the order of the way from the hand to the core system, what is undone behind it. */
function Standings({ slips }: { readonly slips: readonly StoredEvent[] }) {
  const states = Object.keys(text.slip) as ReceiptState[];
  const groups = states
    .map((state) => ({ state, its: slips.filter((slip) => shown.slip(slip) === state) }))
    .filter(({ its }) => its.length > 0);
  return (
    <dl class="card standings">
      {groups.map(({ state, its }) => (
        <>
          <dt>
            <StateWord state={state} />
          </dt>
          <dd data-testid={`standing-${state}`}>
            {fill(text.slipsSum, its.length, yuan(sumOf(its)))}
          </dd>
        </>
      ))}
    </dl>
  );
}

const sumOf = (slips: readonly StoredEvent[]): number =>
  slips.reduce((sum, { event }) => sum + amountOf(event.body), 0);

function SlipRow({ slip }: { readonly slip: StoredEvent }) {
  const { event, hash } = slip;
  const body = event.body as Readonly<Record<string, string>>;
  return (
    <button
      class="record"
      data-testid={`slip-${body.receipt_no}`}
      onClick={() => go({ name: 'receipt', hash })}
    >
      <span class="row">
        <span>{`${yuan(amountOf(event.body))} ${body.payer_name}`}</span>
        <SlipMark slip={slip} />
      </span>
      <span class="soft">{`${momentWords(event.occurred_at)} · ${body.receipt_no}`}</span>
    </button>
  );
}
