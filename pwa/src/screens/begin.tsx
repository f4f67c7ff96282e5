/** The start of a visit: who comes along, where we are, whether this is a decent hour. */

import { signal } from '@preact/signals-core';
import { timeOf } from '../device/clock';
import { findPlace } from '../device/place';
import type { PlaceFix, PlaceTrouble } from '../device/place';
import { beginVisit } from '../state/actions';
import { go, goInstead } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { draftWith, lastSecondPerson } from '../state/visits';
import { fill, noteLines, text } from '../parts/words';
import { Field, Select } from '../parts/field';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { SaveButton } from '../parts/save-button';
import { Say } from '../parts/say';

const OTHER = 'other';

interface Draft {
  readonly second: string;
  readonly second_name: string;
  readonly place_reason: string;
}

type Place = PlaceFix | PlaceTrouble | 'searching';

const place = signal<Place>('searching');

async function search(): Promise<void> {
  place.value = 'searching';
  place.value = await findPlace(phone.clock.now);
}

/** The fix takes a while: it is looked for while the officer chooses who comes along. */
export function openBegin(id: string): void {
  void search();
  go({ name: 'begin', id });
}

export function Begin({ id }: { readonly id: string }) {
  const house = shown.houses.value.get(id);
  const name = `begin ${id}`;
  const second = lastSecondPerson(phone.log.value) ?? '';
  const [draft, change] = draftWith(phone, name, { second, second_name: '', place_reason: '' });
  if (!house) return <Gone />;
  const fix = typeof place.value === 'string' ? null : place.value;
  const button = (
    <SaveButton
      id="visit-begin"
      words={text.begin}
      why={fix || draft.place_reason ? null : text.placeReason}
      save={() => save(id, house.stop?.id ?? null, draft, fix)}
      kind="visit.started"
      draft={name}
      then={(visit) => goInstead({ name: 'visit', visit })}
    />
  );
  return (
    <Frame title={text.startVisit} sub={house.row.name} foot={button}>
      <QuietHours />
      <Second draft={draft} change={change} />
      <PlaceBox />
      {!fix && (
        <Select
          label={text.placeReason}
          id="place-reason"
          value={draft.place_reason}
          onValue={(place_reason) => change({ place_reason })}
          options={{ '': text.choose, ...text.placeReasons }}
        />
      )}
    </Frame>
  );
}

function save(household: string, stop: string | null, draft: Draft, place: PlaceFix | null) {
  const typed = draft.second === OTHER ? draft.second_name.trim() : draft.second;
  const second_person = typed || null;
  const place_reason = place ? null : draft.place_reason;
  const name = shown.houses.value.get(household)?.row.name ?? household;
  const begin = { household, stop, second_person, place, place_reason };
  return beginVisit(phone, begin, noteLines(text.startVisit, name));
}

/** Outside these hours nobody is visited unless he himself wished it (R6). */
function QuietHours() {
  const { visit_from, visit_to } = shown.settings.value;
  const now = timeOf(phone.clock.now());
  if (now >= visit_from && now < visit_to) return null;
  return <Say tone="red">{fill(text.quietHours, visit_from, visit_to)}</Say>;
}

interface SecondProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
}

function Second({ draft, change }: SecondProps) {
  const colleagues = shown.me.value?.colleagues ?? [];
  const names = Object.fromEntries(colleagues.map(({ id, name }) => [id, name]));
  const options = { '': text.nobodyElse, ...names, [OTHER]: text.otherPerson };
  return (
    <>
      <Select
        label={text.secondPerson}
        id="second-person"
        value={draft.second in options ? draft.second : ''}
        onValue={(second) => change({ second })}
        options={options}
      />
      {draft.second === OTHER && (
        <Field
          label={text.secondName}
          id="second-name"
          value={draft.second_name}
          onValue={(second_name) => change({ second_name })}
        />
      )}
      {draft.second === '' && <Say tone="amber">{text.aloneHint}</Say>}
    </>
  );
}

function PlaceBox() {
  const now = place.value;
  const words = typeof now === 'string' ? text.place[now] : fill(text.placeFound, now.accuracy_m);
  return (
    <div class="card row" role="status">
      <span>
        <small>{text.placeTitle}</small>
        <br />
        {words}
      </span>
      {now !== 'searching' && (
        <button class="plain" onClick={() => void search()}>
          {text.again}
        </button>
      )}
    </div>
  );
}
