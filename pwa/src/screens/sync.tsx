/** The sync page: what is where, in plain words; what failed, and what to do about it. */

import { useEffect, useState } from 'preact/hooks';
import { dayOf, timeOf } from '../device/clock';
import { hasNewBuild, opensOffline } from '../device/powers';
import { shown } from '../state/shown';
import { phone, sync } from '../state/start';
import { unsentOf } from '../state/phone';
import { dayWords, text, yuan } from '../text';
import { Frame } from '../parts/frame';
import { LongList } from '../parts/long-list';
import { RecordRow } from '../parts/record-row';

const RECORD_ROW_PX = 84;

/** A clock further off than this is said at once; it never stops the work (U4). */
const CLOCK_MS_MAX = 300_000;

export function SyncPage() {
  const { is, code, refusal, again_at } = sync.state.value;
  const { count, fen } = shown.unsent.value;
  const records = [...phone.log.value].reverse();
  const button = (
    <button
      type="button"
      class="main"
      data-testid="sync-now"
      disabled={is === 'running'}
      onClick={() => void sync.run()}
    >
      {is === 'running' ? text.syncing : text.syncNow}
    </button>
  );
  return (
    <Frame title={text.syncTitle} foot={button} still>
      <section class="card">
        <p data-testid="sync-state" data-state={is} role="status">
          <strong>{count === 0 ? text.allUploaded : text.onlyHere(count, fen > 0 ? yuan(fen) : null)}</strong>
        </p>
        {is === 'error' && (
          <div class="notice red" data-testid="sync-trouble" data-code={code}>
            {text.syncTrouble(code ?? '', refusal).map((line) => (
              <p key={line}>{line}</p>
            ))}
            {again_at && <p class="small">{text.againAt(timeOf(again_at))}</p>}
          </div>
        )}
        <Facts />
      </section>
      <LongList items={records} rowHeight={RECORD_ROW_PX} keyOf={(record) => record.hash}>
        {(record) => <RecordRow record={record} />}
      </LongList>
    </Frame>
  );
}

function Facts() {
  const { done_at, ahead_ms } = phone.last.value;
  const [shell, setShell] = useState({ offline: false, fresh: false });
  useEffect(() => {
    void Promise.all([opensOffline(), hasNewBuild()]).then(([offline, fresh]) =>
      setShell({ offline, fresh }),
    );
  }, []);
  const photos = phone.photos.value.filter(({ state }) => state === 'waiting').length;
  const refused = phone.photos.value.filter(({ state }) => state === 'quarantined').length;
  const wiped = unsentOf(phone).some(({ event }) => event.kind === 'key.rotated');
  const last = done_at && `${dayWords(dayOf(done_at), 'short')} ${timeOf(done_at)}`;
  return (
    <ul class="facts">
      <li>{last ? text.lastSync(last) : text.neverSynced}</li>
      {photos > 0 && <li>{text.photosWait(photos)}</li>}
      {refused > 0 && <li class="red-ink">{text.photosRefused(refused)}</li>}
      {wiped && <li>{text.newKey}</li>}
      {Math.abs(ahead_ms) > CLOCK_MS_MAX && <li class="red-ink">{text.clockOff}</li>}
      <li>{shell.offline ? text.shellReady : text.shellNotReady}</li>
      {shell.fresh && <li>{text.newBuild}</li>}
      <li class="soft">{`${phone.identity.value?.lane_code ?? ''} · ${phone.app}`}</li>
    </ul>
  );
}
