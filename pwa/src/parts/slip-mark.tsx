/** How a receipt stands: the sign and the word that supervisor and cashier see, too. */

import type { StoredEvent } from '../store/db';
import { shown } from '../state/shown';
import { SIGNS } from '../sync/receipt-states';
import type { ReceiptState } from '../sync/receipt-states';
import { text } from './words';

const TONES: Readonly<Partial<Record<ReceiptState, string>>> = {
  phone: 'amber',
  counted: 'green',
  posted: 'green',
  voided: 'grey',
  doubted: 'red',
};

/** A circle that fills from "on this phone" to "posted"; a cross, an exclamation mark. */
function Sign({ state }: { readonly state: ReceiptState }) {
  const isRing = state !== 'voided' && state !== 'doubted';
  return (
    <svg class="sign" viewBox="0 0 16 16" aria-hidden="true">
      {isRing && <circle cx="8" cy="8" r="7" />}
      <path d={SIGNS[state]} />
    </svg>
  );
}

export const StateWord = ({ state }: { readonly state: ReceiptState }) => (
  <span class={`mark ${TONES[state] ?? 'blue'}`} data-state={state}>
    <Sign state={state} />
    {text.slip[state]}
  </span>
);

export const SlipMark = ({ slip }: { readonly slip: StoredEvent }) => (
  <StateWord state={shown.slip(slip)} />
);
