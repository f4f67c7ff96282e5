/** A household: its loans as the office last said, what this phone has added, start a visit. */

import { go } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { aboutHousehold, openVisits } from '../state/visits';
import { fill, momentWords, text } from '../parts/words';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { LoanCard } from '../parts/loan-card';
import { StateMark } from '../parts/marks';
import { RecordRow } from '../parts/record-row';
import { Say } from '../parts/say';
import { openBegin } from './begin';

/** Records of the household that are shown at once. */
const RECORDS_SHOWN = 30;

export function Household({ id }: { readonly id: string }) {
  const house = shown.houses.value.get(id);
  if (!house) return <Gone />;
  const { row, loans, handover } = house;
  const place = [row.village, row.natural_village].filter(Boolean).join(' · ');
  const records = aboutHousehold(phone.log.value, id).slice(0, RECORDS_SHOWN);
  return (
    <Frame title={row.name} sub={place || text.noVillage} foot={<VisitButton id={id} />}>
      <div class="row">
        <span class="marks">
          <StateMark state={row.state} />
        </span>
        {row.phone && (
          <a class="call" href={`tel:${row.phone}`}>
            {row.phone}
          </a>
        )}
      </div>
      {handover && (
        <Say tone="amber" id="handed-over">
          {fill(text.handedOver, handover.from_officer, momentWords(handover.last_seen_at))}
        </Say>
      )}
      {loans.map((loan) => (
        <LoanCard key={loan.id} loan={loan} />
      ))}
      {loans.length === 0 && <p class="empty">{text.noLoan}</p>}
      {records.length > 0 && <h2>{text.recordsHere}</h2>}
      {records.map((record) => (
        <RecordRow key={record.hash} record={record} />
      ))}
    </Frame>
  );
}

function VisitButton({ id }: { readonly id: string }) {
  const open = openVisits(phone.log.value).find(({ household }) => household === id);
  const press = () => {
    if (open) go({ name: 'visit', visit: open.visit });
    else if (phone.persisted.value) openBegin(id);
    else go({ name: 'gate' });
  };
  return (
    <button class="main" data-testid="start-visit" onClick={press}>
      {open ? text.continueVisit : text.startVisit}
    </button>
  );
}
