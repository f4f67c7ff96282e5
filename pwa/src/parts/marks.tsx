/** Small marks that say at a glance how a household, a loan, a record stands. */

import type { StoredEvent } from '../store/db';
import { colourOf } from '../sync/limitation';
import { shown } from '../state/shown';
import type { HouseholdState, LoanRow } from '../state/rows';
import { limitationOf, pastDue } from '../state/view';
import { SlipMark } from './slip-mark';
import { fill, limitationWords, stateWords, text } from './words';

interface MarkProps {
  readonly tone: string;
  readonly words: string;
  readonly state?: string;
}

const Mark = ({ tone, words, state }: MarkProps) => (
  <span class={`mark ${tone}`} data-state={state}>
    {words}
  </span>
);

function limitationTone(status: string, left: number | null): string {
  if (status === 'EXPIRED' || status === 'LONGSTOP_PASSED') return 'grey';
  return status === 'RUNNING' && left !== null ? colourOf(left) : 'blue';
}

export function LoanMarks({ loan }: { readonly loan: LoanRow }) {
  const today = shown.today.value;
  const { status, left } = limitationOf(loan, today);
  const days = pastDue(loan, today);
  return (
    <>
      <Mark tone={limitationTone(status, left)} words={limitationWords(status, left)} />
      {days ? <Mark tone="plain" words={fill(text.pastDue, days)} /> : null}
    </>
  );
}

export function StateMark({ state }: { readonly state: HouseholdState | null }) {
  const outcome = state?.outcome ?? null;
  const tone = outcome === 'UNSIGNED' ? 'amber' : outcome ? 'green' : 'plain';
  return (
    <>
      <Mark tone={tone} words={stateWords(outcome, state?.reason ?? null)} />
      {state?.intention && <Mark tone="blue" words={text.willing} />}
    </>
  );
}

/** Where a record is: on this phone, at the server, or waiting for the office. */
export function WhereMark({ event }: { readonly event: StoredEvent }) {
  if (event.event.kind === 'cash.receipt') return <SlipMark slip={event} />;
  const where = shown.where(event);
  const tone = where === 'uploaded' ? 'green' : where === 'local' ? 'amber' : 'red';
  return <Mark tone={tone} words={text.where[where]} state={where} />;
}
