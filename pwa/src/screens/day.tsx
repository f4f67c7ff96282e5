/** The day: villages in the order of the route, what is met and what is to meet. */

import { signal } from '@preact/signals-core';
import { timeOf } from '../device/clock';
import { go } from '../state/nav';
import { shown } from '../state/shown';
import { phone, sync } from '../state/start';
import { SLIPS_LOW } from '../state/view';
import type { VillageView } from '../state/view';
import { openVisits } from '../state/visits';
import { dayWords, fill, text, yuan } from '../parts/words';
import { Frame } from '../parts/frame';
import { News } from '../parts/news';
import { Say } from '../parts/say';

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
  const villages = shown.villages.value.filter((village) => village.day === day);
  const total = villages.reduce((sum, { houses }) => sum + houses.length, 0);
  const met = villages.reduce((sum, village) => sum + village.met, 0);
  const me = shown.me.value;
  const sub = me ? `${me.name} · ${me.branch_name}` : text.appName;
  return (
    <Frame title={dayWords(day, 'short')} sub={sub}>
      <Notices />
      <section class="sums">
        <Sum big={`${met} / ${total}`} small={text.metOfAll} />
        <button class="act" data-testid="custody-open" onClick={() => go({ name: 'custody' })}>
          <Sum big={yuan(shown.handFen.value)} small={text.inHand} />
        </button>
        <button class="act" data-testid="slips-open" onClick={() => go({ name: 'slips' })}>
          <Sum big={String(shown.slips.value.left)} small={text.slipsLeft} />
        </button>
      </section>
      <Held />
      <Days day={day} />
      {shown.houses.value.size > 0 && (
        <button class="search" data-testid="search" onClick={search}>
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

/** By when the cash must be handed in, red once that is past or the ceiling is reached. */
function Held() {
  const due = shown.due.value;
  if (due === null) return null;
  const { hand_max_fen: most } = shown.settings.value;
  const isOver = shown.handFen.value > most;
  const isLate = due.by < shown.today.value;
  const lines = [
    fill(isLate ? text.cashLate : text.cashDue, dayWords(due.since), dayWords(due.by)),
    fill(isOver ? text.cashOver : text.cashMost, yuan(most)),
  ];
  return (
    <button
      class={`notice ${isLate || isOver ? 'red' : 'green'}`}
      data-testid="held"
      data-late={isLate ? 'yes' : 'no'}
      onClick={() => go({ name: 'custody' })}
    >
      {lines.join(' ')}
    </button>
  );
}

const search = () => go({ name: 'search' });

function Sum({ big, small }: { readonly big: string; readonly small: string }) {
  return (
    <div>
      <b>{big}</b>
      <small>{small}</small>
    </div>
  );
}

function Days({ day }: { readonly day: string }) {
  const days = shown.days.value;
  if (days.length < 2) return null;
  return (
    <nav class="days" aria-label={text.days}>
      {days.map((one) => (
        <button
          key={one}
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
  return (
    <button
      class="card"
      data-testid={`village-${id}`}
      onClick={() => go({ name: 'village', id })}
    >
      <span class="row">
        <strong>{name || text.noVillage}</strong>
        <span class="soft">{area}</span>
      </span>
      <progress max={houses.length} value={met} aria-label={text.metOfAll} />
      <span class="row">
        <span>{fill(text.toMeet, houses.length - met)}</span>
        <span class="soft">{fill(text.met, met)}</span>
      </span>
    </button>
  );
}

function Empty() {
  const running = sync.state.value.is === 'running';
  return <p class="empty">{running ? text.fetching : `${text.noRoute}${text.noRouteNext}`}</p>;
}

/** What the officer must know before she sets out. */
function Notices() {
  const { left } = shown.slips.value;
  const lost = phone.restored.value;
  return (
    <>
      <News />
      {lost > 0 && (
        <Say tone="amber" id="restored">
          {fill(text.restored, lost)}
        </Say>
      )}
      {!phone.persisted.value && (
        <button class="notice red" onClick={() => go({ name: 'gate' })}>
          {text.gateClosed}
        </button>
      )}
      {openVisits(phone.log.value).map(({ visit, household, started_at }) => (
        <button
          key={visit}
          class="notice green"
          data-testid="open-visit"
          onClick={() => go({ name: 'visit', visit })}
        >
          {fill(
            text.openVisit,
            shown.houses.value.get(household)?.row.name ?? household,
            timeOf(started_at),
          )}
        </button>
      ))}
      {left <= SLIPS_LOW && shown.me.value && (
        <Say tone={left === 0 ? 'red' : 'amber'} id="slips-low">
          {left === 0 ? text.slipsNone : fill(text.slipsFew, left)}
        </Say>
      )}
    </>
  );
}
