/** Find a household by name, borrower, village, contract or the end of a telephone number. */

import { computed, signal } from '@preact/signals-core';
import { shown } from '../state/shown';
import type { House } from '../state/view';
import { fill, text } from '../parts/words';
import { Field } from '../parts/field';
import { Frame } from '../parts/frame';
import { HOUSE_ROW_PX, HouseRow } from '../parts/house-row';
import { LongList } from '../parts/long-list';

const asked = signal('');

function matches({ row, loans }: House, words: string): boolean {
  const plain = [row.name, row.village, row.natural_village, row.phone].concat(
    loans.flatMap((loan) => [loan.borrower_name, loan.contract_no]),
  );
  return plain.some((one) => one?.toLowerCase().includes(words));
}

const found = computed(() => {
  const words = asked.value.trim().toLowerCase();
  return [...shown.houses.value.values()].filter((house) => matches(house, words));
});

export function Search() {
  return (
    <Frame title={text.search} sub={fill(text.found, found.value.length)} still>
      <Field
        label={text.searchFor}
        id="search-words"
        value={asked.value}
        onValue={(value) => (asked.value = value)}
      />
      <LongList items={found.value} rowHeight={HOUSE_ROW_PX} keyOf={(house) => house.row.id}>
        {(house) => <HouseRow house={house} />}
      </LongList>
    </Frame>
  );
}
