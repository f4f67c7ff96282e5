/** The day: villages in the order of the route, what is met and what is to meet. */

import { signal } from '@preact/signals';
import { timeOf } from '../device/clock';
import { go } from '../state/nav';
import { shown } from '../state/shown';
import { phone, sync } from '../state/start';
import { SLIPS_LOW } from '../state/view';
import type { VillageView } from '../state/view';
import { openVisits } from '../state/visits';
import { dayWords, text, yuan } from '../text';
import { Frame } from '../parts/frame';

const chosen = signal<string | null>(null);

/** Today if it is a day of the route; else the next one, or the last. */
function dayOfRoute(): string {
  const days = shown.days.value;
  const today = shown.today.value;
  const given = chosen.value;
  if (given !== null && days.includes(given)) return given;
  return days.find((day) => day >= today) ?? days.at(-1) ?? today;
}

export function Day() {
  const day = dayOfRoute();
  const villages = shown.villagesOn(day);
  const total = villages.reduce((sum, village) => sum + village.houses.length, 0);
  const met = villages.reduce((sum, village) => sum + village.met, 0);
  const me = shown.me.value;
  return (
    <Frame title={dayWords(day)} sub={me ? `${me.name} · ${me.branch_name}` : text.appName}>
      <Notices />
      <section class="sums">
        <Sum big={`${met} / ${total}`} small={text.metOfAll} />
        <Sum big={yuan(shown.handFen.value)} small={text.inHand} />
        <Sum big={String(shown.slips.value.left)} small={text.slipsLeft} />
      </section>
      {shown.days.value.length > 1 && <Days day={day} />}
      {shown.houses.value.size > 0 && (
        <button type="button" class="search" data-testid="search" onClick={() => go({ name: 'search' })}>
          {text.search}
        </button>
      )}
      {villages.map((village) => (
        <VillageCard key={village.id} village={village} />
      ))}
      {villages.length === 0 && <Empty />}
    </Frame>
  );
}

function Sum({ big, small }: { readonly big: string; readonly small: string }) {
  return (
    <div>
      <b>{big}</b>
      <span>{small}</span>
    </div>
  );
}

function Days({ day }: { readonly day: string }) {
  return (
    <nav class="days" aria-label={text.days}>
      {shown.days.value.map((one) => (
        <button
          key={one}
          type="button"
          class="chip"
          aria-pressed={one === day}
          data-testid={`day-${one}`}
          onClick={() => (chosen.value = one)}
        >
          {dayWords(one, 'short')}
        </button>
      ))}
    </nav>
  );
}

function VillageCard({ village }: { readonly village: VillageView }) {
  const { id, name, area, houses, met } = village;
  const open = () => go({ name: 'village', id });
  return (
    <button type="button" class="card village" data-testid={`village-${id}`} onClick={open}>
      <span class="row">
        <strong>{name || text.noVillage}</strong>
        <span class="soft">{area}</span>
      </span>
      <progress max={houses.length} value={met} aria-label={text.metOfAll} />
      <span class="row">
        <span>{text.toMeet(houses.length - met)}</span>
        <span class="soft">{text.met_(met)}</span>
      </span>
    </button>
  );
}

function Empty() {
  const running = sync.state.value.is === 'running';
  return (
    <div class="empty">
      <p>{running ? text.fetching : text.noRoute}</p>
      {!running && <p class="soft">{text.noRouteNext}</p>}
    </div>
  );
}

/** What the officer must know before she sets out. */
function Notices() {
  const open = openVisits(phone.log.value);
  return (
    <>
      {phone.restored.value > 0 && (
        <div class="notice amber" role="status" data-testid="restored">
          {text.restored(phone.restored.value)}
        </div>
      )}
      {!phone.persisted.value && (
        <button type="button" class="notice red" onClick={() => go({ name: 'gate' })}>
          {text.gateClosed}
        </button>
      )}
      {open.map(({ visit, household, started_at }) => (
        <button
          key={visit}
          type="button"
          class="notice green"
          onClick={() => go({ name: 'visit', visit })}
        >
          {text.openVisit(shown.houses.value.get(household)?.row.name ?? '', timeOf(started_at))}
        </button>
      ))}
      <Slips />
    </>
  );
}

function Slips() {
  const { left } = shown.slips.value;
  if (left > SLIPS_LOW || shown.days.value.length === 0) return null;
  return <div class={`notice ${left === 0 ? 'red' : 'amber'}`}>{text.slipsLow(left)}</div>;
}
