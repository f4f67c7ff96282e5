/** The start of a visit: who comes along, where we are, whether this is a decent hour. */

import { useEffect, useState } from 'preact/hooks';
import { timeOf } from '../device/clock';
import { findPlace } from '../device/place';
import type { PlaceFix, PlaceTrouble } from '../device/place';
import { beginVisit } from '../state/actions';
import { goInstead } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { say } from '../state/toast';
import type { House } from '../state/view';
import { changeDraft, draftOf, dropDraft, lastSecondPerson } from '../state/visits';
import { noteLines, text } from '../text';
import { Field, Select } from '../parts/field';
import { Frame } from '../parts/frame';

const OTHER = 'other';

interface Draft {
  readonly second: string;
  readonly second_name: string;
  readonly place_reason: string;
}

export function Begin({ id }: { readonly id: string }) {
  const house = shown.houses.value.get(id);
  const name = `begin ${id}`;
  const before = lastSecondPerson(phone.log.value) ?? '';
  const draft = draftOf<Draft>(phone, name, { second: before, second_name: '', place_reason: '' });
  const [place, setPlace] = useState<PlaceFix | PlaceTrouble | 'searching'>('searching');
  const [busy, setBusy] = useState(false);
  const search = () => {
    setPlace('searching');
    void findPlace(phone.clock.now).then(setPlace);
  };
  useEffect(search, []);
  if (!house) return null;
  const fix = typeof place === 'string' ? null : place;
  const ready = fix !== null || draft.place_reason !== '';
  const press = async () => {
    setBusy(true);
    const visit = await save(house, draft, fix);
    setBusy(false);
    if (!visit) return;
    dropDraft(phone, name);
    say(text.savedAs(text.kind['visit.started']));
    goInstead({ name: 'visit', visit });
  };
  const change = (part: Partial<Draft>) => changeDraft(phone, name, part);
  return (
    <Frame
      title={text.startVisit}
      sub={house.row.name}
      foot={
        <button
          type="button"
          class="main"
          data-testid="visit-begin"
          disabled={!ready || busy}
          onClick={() => void press()}
        >
          {text.begin}
        </button>
      }
    >
      <QuietHours />
      <Second draft={draft} change={change} />
      <PlaceBox place={place} again={search} />
      {!fix && (
        <Select
          label={text.placeReason}
          id="place-reason"
          value={draft.place_reason}
          onValue={(place_reason) => change({ place_reason })}
          options={[['', text.choose], ...Object.entries(text.placeReasons)]}
        />
      )}
    </Frame>
  );
}

function save(house: House, draft: Draft, fix: PlaceFix | null): Promise<string | null> {
  const typed = draft.second === OTHER ? draft.second_name.trim() : draft.second;
  const begin = {
    household: house.row.id,
    stop: house.stop?.id ?? null,
    second_person: typed || null,
    place: fix,
    place_reason: fix ? null : draft.place_reason,
  };
  return beginVisit(phone, begin, noteLines(text.startVisit, house.row.name, phone.clock.now()));
}

/** Outside these hours nobody is visited unless he himself wished it (R6). */
function QuietHours() {
  const { visit_from, visit_to } = shown.settings.value;
  const now = timeOf(phone.clock.now());
  if (now >= visit_from && now < visit_to) return null;
  return <div class="notice red">{text.quietHours(visit_from, visit_to)}</div>;
}

interface SecondProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
}

function Second({ draft, change }: SecondProps) {
  const colleagues = shown.me.value?.colleagues ?? [];
  const options = colleagues.map(({ id, name }) => [id, name] as const);
  const known = [OTHER, '', ...colleagues.map(({ id }) => id)].includes(draft.second);
  return (
    <>
      <Select
        label={text.secondPerson}
        id="second-person"
        value={known ? draft.second : ''}
        onValue={(second) => change({ second })}
        options={[['', text.nobodyElse], ...options, [OTHER, text.otherPerson]]}
      />
      {draft.second === OTHER && (
        <Field
          label={text.secondName}
          id="second-name"
          value={draft.second_name}
          onValue={(second_name) => change({ second_name })}
        />
      )}
      {draft.second === '' && <p class="notice amber">{text.aloneHint}</p>}
    </>
  );
}

interface PlaceProps {
  readonly place: PlaceFix | PlaceTrouble | 'searching';
  readonly again: () => void;
}

function PlaceBox({ place, again }: PlaceProps) {
  const words = typeof place === 'string' ? text.place[place] : text.placeFound(place.accuracy_m);
  return (
    <div class="card row" role="status">
      <span>
        <small class="soft">{text.placeTitle}</small>
        <br />
        {words}
      </span>
      {place !== 'searching' && (
        <button type="button" class="plain" onClick={again}>
          {text.again}
        </button>
      )}
    </div>
  );
}
