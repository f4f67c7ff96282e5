/** A household: its loans as the office last said, what this phone has added, start a visit. */

import { timeOf, dayOf } from '../device/clock';
import { go } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import type { House } from '../state/view';
import { openVisits, aboutHousehold } from '../state/visits';
import type { StoredEvent } from '../store/db';
import { dayWords, recordWords, text } from '../text';
import { Frame } from '../parts/frame';
import { LoanCard } from '../parts/loan-card';
import { StateMark, WhereMark } from '../parts/marks';

/** Records of the household that are shown at once. */
const RECORDS_SHOWN = 30;

export function Household({ id }: { readonly id: string }) {
  const house = shown.houses.value.get(id);
  if (!house) {
    return (
      <Frame title={text.gone}>
        <p class="empty">{text.goneWhy}</p>
      </Frame>
    );
  }
  const { row, loans } = house;
  const place = [row.village, row.natural_village].filter(Boolean).join(' · ');
  return (
    <Frame title={row.name} sub={place || text.noVillage} foot={<VisitButton house={house} />}>
      <section class="row wrap">
        <span class="marks">
          <StateMark state={row.state} />
        </span>
        {row.phone && (
          <a class="call" href={`tel:${row.phone}`}>
            {row.phone}
          </a>
        )}
      </section>
      {loans.map((loan) => (
        <LoanCard key={loan.id} loan={loan} />
      ))}
      {loans.length === 0 && <p class="empty">{text.noLoan}</p>}
      <Records id={id} />
    </Frame>
  );
}

function VisitButton({ house }: { readonly house: House }) {
  const open = openVisits(phone.log.value).find(({ household }) => household === house.row.id);
  const press = () => {
    if (open) go({ name: 'visit', visit: open.visit });
    else go(phone.persisted.value ? { name: 'begin', id: house.row.id } : { name: 'gate' });
  };
  return (
    <button type="button" class="main" data-testid="start-visit" onClick={press}>
      {open ? text.continueVisit : text.startVisit}
    </button>
  );
}

function Records({ id }: { readonly id: string }) {
  const records = aboutHousehold(phone.log.value, id).slice(0, RECORDS_SHOWN);
  if (records.length === 0) return null;
  return (
    <section>
      <h2>{text.recordsHere}</h2>
      {records.map((record) => (
        <RecordRow key={record.hash} record={record} />
      ))}
    </section>
  );
}

/** One record of this phone with where it is; a receipt opens. */
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
