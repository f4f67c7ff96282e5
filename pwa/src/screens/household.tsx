/** A household: its loans as the office last said, what this phone has added, start a visit. */

import { go } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import type { House } from '../state/view';
import { openVisits, aboutHousehold } from '../state/visits';
import { text } from '../text';
import { Frame } from '../parts/frame';
import { LoanCard } from '../parts/loan-card';
import { StateMark } from '../parts/marks';
import { RecordRow } from '../parts/record-row';

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
