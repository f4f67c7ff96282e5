/** Small marks that say at a glance how a household and a loan stand. */

import type { StoredEvent } from '../store/db';
import { shown } from '../state/shown';
import type { HouseholdState, LoanRow } from '../state/rows';
import { limitationOf, pastDue } from '../state/view';
import { colourOf } from '../sync/limitation';
import { text } from '../text';

export function limitationTone(status: string, left: number | null): string {
  if (status === 'EXPIRED' || status === 'LONGSTOP_PASSED') return 'grey';
  return status === 'RUNNING' && left !== null ? colourOf(left) : 'blue';
}

export function LimitationMark({ loan }: { readonly loan: LoanRow }) {
  const { status, left } = limitationOf(loan, shown.today.value);
  return (
    <span class={`mark ${limitationTone(status, left)}`}>{text.limitation(status, left)}</span>
  );
}

export function OverdueMark({ loan }: { readonly loan: LoanRow }) {
  const days = pastDue(loan, shown.today.value);
  return days ? <span class="mark plain">{text.pastDue(days)}</span> : null;
}

export function StateMark({ state }: { readonly state: HouseholdState | null }) {
  const outcome = state?.outcome ?? null;
  const tone = outcome === 'UNSIGNED' ? 'amber' : outcome ? 'green' : 'plain';
  return (
    <>
      <span class={`mark ${tone}`}>{text.state(outcome, state?.reason ?? null)}</span>
      {state?.intention && <span class="mark blue">{text.willing}</span>}
    </>
  );
}

/** Where a record is, in words. */
export function WhereMark({ event }: { readonly event: StoredEvent }) {
  const where = shown.where(event);
  const tone = where === 'uploaded' ? 'green' : where === 'local' ? 'amber' : 'red';
  return (
    <span class={`mark ${tone}`} data-state={where}>
      {text.where[where]}
    </span>
  );
}
