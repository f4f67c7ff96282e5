/** The sync page: what is where, in plain words; what failed, and what to do about it. */

import { timeOf } from '../device/clock';
import { isFresh, opensOffline } from '../device/powers';
import { go } from '../state/nav';
import { shown } from '../state/shown';
import { phone, sync } from '../state/start';
import { waitsForKey } from '../state/sync';
import { fill, momentWords, text, troubleWords, unsentWords } from '../parts/words';
import { Frame } from '../parts/frame';
import { LongList } from '../parts/long-list';
import { News } from '../parts/news';
import { RECORD_ROW_PX, RecordRow } from '../parts/record-row';
import { Say } from '../parts/say';

/** A clock further off than this is said at once; it never stops the work (U4). */
const CLOCK_MS_MAX = 300_000;

export function SyncPage() {
  const { is, code, refusal, again_at } = sync.state.value;
  const { count, fen } = shown.unsent.value;
  const again = again_at === null ? '' : fill(text.againAt, timeOf(again_at));
  const button = (
    <button
      class="main"
      data-testid="sync-now"
      disabled={is === 'running'}
      onClick={() => void sync.run()}
    >
      {is === 'running' ? text.syncing : text.syncNow}
    </button>
  );
  return (
    <Frame title={text.syncPage} foot={button} still>
      <section class="card">
        <p data-testid="sync-state" data-state={is} data-code={code} role="status">
          <strong>{unsentWords(count, fen)}</strong>
        </p>
        {is === 'error' && (
          <Say tone="red">{[...troubleWords(code ?? '', refusal), again].join(' ')}</Say>
        )}
        <News />
        <Facts />
        <button class="act" data-testid="carry-open" onClick={() => go({ name: 'carry' })}>
          {text.carry.open}
        </button>
      </section>
      <LongList
        items={[...phone.log.value].reverse()}
        rowHeight={RECORD_ROW_PX}
        keyOf={(record) => record.hash}
      >
        {(record) => <RecordRow record={record} />}
      </LongList>
    </Frame>
  );
}

function Facts() {
  const { done_at, ahead_ms } = phone.last.value;
  const photos = (state: string) => phone.photos.value.filter((one) => one.state === state).length;
  const facts: readonly (readonly [boolean, string])[] = [
    [done_at === null, text.neverSynced],
    [done_at !== null, fill(text.lastSync, momentWords(done_at ?? 0))],
    [photos('waiting') > 0, fill(text.photosWait, photos('waiting'))],
    [photos('quarantined') > 0, fill(text.photosRefused, photos('quarantined'))],
    [waitsForKey(phone), text.newKey],
    [Math.abs(ahead_ms) > CLOCK_MS_MAX, text.clockOff],
    [true, opensOffline.value ? text.shellReady : text.shellNotReady],
    [isFresh.value, text.newBuild],
    [true, `${phone.identity.value?.lane_code ?? ''} · ${phone.app}`],
  ];
  return (
    <ul class="soft">
      {facts.map(([so, words]) => so && <li key={words}>{words}</li>)}
    </ul>
  );
}
