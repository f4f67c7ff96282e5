/** Enrolment: eight characters from the supervisor make this phone a device of the branch. */

import { signal } from '@preact/signals-core';
import { askToPersist } from '../device/powers';
import { codeOf, Trouble } from '../device/trouble';
import { Problem } from '../sync/problems';
import { enrol } from '../state/enrol';
import { keepInTouch, lostAll, phone, stage } from '../state/start';
import { readSentinel } from '../state/memory';
import { fill, text, troubleWords } from '../parts/words';
import { Say } from '../parts/say';
import { Page } from './stages';

const code = signal('');
const busy = signal(false);
const trouble = signal<readonly string[]>([]);

/** The code of a link `/#enrol=CODE`; it is taken out of the address at once. */
export function takeCodeFromLink(): void {
  code.value = /^#enrol=([0-9A-Za-z-]{8,9})$/.exec(location.hash)?.[1]?.toUpperCase() ?? '';
}

async function submit(event: Event): Promise<void> {
  event.preventDefault();
  busy.value = true;
  trouble.value = [];
  phone.persisted.value = await askToPersist();
  try {
    await enrol(phone, code.value);
    stage.value = 'ready';
    keepInTouch();
  } catch (error) {
    trouble.value = wordsOf(error);
  }
  busy.value = false;
}

function wordsOf(error: unknown): readonly string[] {
  const refusal = error instanceof Trouble ? error.more.refusal : null;
  return troubleWords(error instanceof Problem ? error.code : codeOf(error), refusal ?? null);
}

/** The records are gone; what the sentinel still knows of them is said. */
function Lost() {
  const { seq = 0, receipt_no = null } = readSentinel(phone.sentinel.read()) ?? {};
  return (
    <Say tone="red" id="lost-all">
      {text.lostAll} {seq > 0 && fill(text.hadRecords, seq)}{' '}
      {receipt_no && fill(text.lastSlip, receipt_no)}
    </Say>
  );
}

export function Enrol() {
  const words = text.enrol;
  return (
    <Page title={text.appName} id="enrol">
      {lostAll.value && <Lost />}
      <p>{words.intro}</p>
      <form onSubmit={(event) => void submit(event)}>
        <label class="field code">
          <span>{words.code}</span>
          <input
            value={code.value}
            maxLength={9}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            placeholder="XXXX-XXXX"
            data-testid="enrol-code"
            onInput={(event) => (code.value = event.currentTarget.value.toUpperCase())}
          />
        </label>
        {trouble.value.length > 0 && (
          <Say tone="red" id="enrol-trouble">
            {trouble.value.join(' ')}
          </Say>
        )}
        <button
          type="submit"
          class="main"
          data-testid="enrol-submit"
          disabled={busy.value || code.value.length < 8}
        >
          {busy.value ? words.busy : words.submit}
        </button>
      </form>
      <p class="soft">{words.key}</p>
    </Page>
  );
}
