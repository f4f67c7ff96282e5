/** A village: its households, those to meet first. */

import { signal } from '@preact/signals-core';
import { shown } from '../state/shown';
import { inOrder } from '../state/view';
import { fill, text } from '../parts/words';
import { Frame } from '../parts/frame';
import { HOUSE_ROW_PX, HouseRow } from '../parts/house-row';
import { LongList } from '../parts/long-list';

const easyFirst = signal(false);

export function Village({ id }: { readonly id: string }) {
  const its = shown.villages.value.filter((village) => village.id === id);
  const houses = its.flatMap((village) => village.houses);
  const met = its.reduce((sum, village) => sum + village.met, 0);
  const sub = `${fill(text.toMeet, houses.length - met)} · ${fill(text.met, met)}`;
  return (
    <Frame title={its[0]?.name || text.noVillage} sub={sub} still>
      <div class="chips" role="group" aria-label={text.order}>
        {[false, true].map((easy) => (
          <button
            key={String(easy)}
            class="chip"
            aria-pressed={easyFirst.value === easy}
            onClick={() => (easyFirst.value = easy)}
          >
            {easy ? text.easyFirst : text.asPlanned}
          </button>
        ))}
      </div>
      <LongList
        items={inOrder(houses, easyFirst.value)}
        rowHeight={HOUSE_ROW_PX}
        keyOf={(house) => house.row.id}
      >
        {(house) => <HouseRow house={house} />}
      </LongList>
    </Frame>
  );
}
