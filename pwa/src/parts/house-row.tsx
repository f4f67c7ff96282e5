/** One household in a list. */

import { go } from '../state/nav';
import type { House } from '../state/view';
import { yuan } from './words';
import { LoanMarks, StateMark } from './marks';

/** Its height, which the long list must know. */
export const HOUSE_ROW_PX = 92;

export function HouseRow({ house }: { readonly house: House }) {
  const { row, loans, total_fen } = house;
  const [first] = loans;
  return (
    <button
      class="house"
      data-testid={`household-${row.id}`}
      onClick={() => go({ name: 'household', id: row.id })}
    >
      <span class="row">
        <strong>
          {row.name} <small>{row.natural_village}</small>
        </strong>
        <b>{yuan(total_fen)}</b>
      </span>
      <span class="marks">
        <StateMark state={row.state} />
        {first && <LoanMarks loan={first} />}
      </span>
    </button>
  );
}
