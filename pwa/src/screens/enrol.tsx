/** Enrolment: eight characters from the supervisor make this phone a device of the branch. */

import { signal } from '@preact/signals';
import { askToPersist } from '../device/powers';
import { NoLine } from '../device/line';
import { Problem } from '../sync/problems';
import { enrol } from '../state/enrol';
import { showPhone } from '../state/shown';
import { keepInTouch, lostAll, phone, stage } from '../state/start';
import { SyncProblem } from '../store/exchange';
import { text } from '../text';
import { Plain } from './stages';

const code = signal('');
const busy = signal(false);
const trouble = signal<readonly string[]>([]);

/** The code of a link `/#enrol=CODE`; it is taken out of the address at once. */
export function takeCodeFromLink(): void {
  const found = /^#enrol=([0-9A-Za-z-]{8,9})$/.exec(location.hash)?.[1];
  if (found) code.value = found.toUpperCase();
}

async function submit(event: Event): Promise<void> {
  event.preventDefault();
  busy.value = true;
  trouble.value = [];
  phone.persisted.value = await askToPersist();
  try {
    await enrol(phone, code.value);
    showPhone();
    stage.value = 'ready';
    keepInTouch();
  } catch (error) {
    trouble.value = wordsOf(error);
  } finally {
    busy.value = false;
  }
}

function wordsOf(error: unknown): readonly string[] {
  if (error instanceof SyncProblem) return text.syncTrouble(error.code, error.refusal);
  if (error instanceof Problem || error instanceof NoLine) return text.syncTrouble(error.code, null);
  return text.syncTrouble('phone_trouble', null);
}

export function Enrol() {
  return (
    <Plain title={text.appName} id="enrol">
      {lostAll.value && (
        <div class="notice red" role="alert">
          {text.lostAll}
        </div>
      )}
      <p>{text.enrol.intro}</p>
      <form onSubmit={(event) => void submit(event)}>
        <label class="field code">
          <span>{text.enrol.code}</span>
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
          <div class="notice red" role="alert" data-testid="enrol-trouble">
            {trouble.value.map((line) => (
              <p key={line}>{line}</p>
            ))}
          </div>
        )}
        <button
          type="submit"
          class="main"
          data-testid="enrol-submit"
          disabled={busy.value || code.value.length < 8}
        >
          {busy.value ? text.enrol.busy : text.enrol.submit}
        </button>
      </form>
      <p class="small">{text.enrol.key}</p>
    </Plain>
  );
}
