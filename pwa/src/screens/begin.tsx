/** The start of a visit: who comes along, where we are, whether this is a decent hour. */

import { useEffect, useState } from 'preact/hooks';
import { timeOf } from '../device/clock';
import { findPlace } from '../device/place';
import type { PlaceFix, PlaceTrouble } from '../device/place';
import { beginVisit } from '../state/actions';
import { goInstead } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { draftWith, lastSecondPerson } from '../state/visits';
import { fill, noteLines, text } from '../text';
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

export function Begin({ id }: { readonly id: string }) {
  const house = shown.houses.value.get(id);
  const name = `begin ${id}`;
  const second = lastSecondPerson(phone.log.value) ?? '';
  const [draft, change] = draftWith(phone, name, { second, second_name: '', place_reason: '' });
  const [place, setPlace] = useState<Place>('searching');
  const search = () => {
    setPlace('searching');
    void findPlace(phone.clock.now).then(setPlace);
  };
  useEffect(search, []);
  if (!house) return <Gone />;
  const fix = typeof place === 'string' ? null : place;
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
      <PlaceBox place={place} again={search} />
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

function PlaceBox({ place, again }: { readonly place: Place; readonly again: () => void }) {
  const words =
    typeof place === 'string' ? text.place[place] : fill(text.placeFound, place.accuracy_m);
  return (
    <div class="card row" role="status">
      <span>
        <small>{text.placeTitle}</small>
        <br />
        {words}
      </span>
      {place !== 'searching' && (
        <button class="plain" onClick={again}>
          {text.again}
        </button>
      )}
    </div>
  );
}
