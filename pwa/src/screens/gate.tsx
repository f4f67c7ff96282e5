/** Why nothing can be recorded yet, and how to mend it. */

import { signal } from '@preact/signals-core';
import { askToNotify, askToPersist, install } from '../device/powers';
import { back } from '../state/nav';
import { makeKeyAgain, phone } from '../state/start';
import { text } from '../parts/words';
import { Frame } from '../parts/frame';
import { Say } from '../parts/say';

const asked = signal(false);

export function Gate() {
  const words = text.gate;
  const ask = async (before?: () => Promise<void>) => {
    await before?.();
    phone.persisted.value = await askToPersist();
    asked.value = true;
    if (!phone.persisted.value) return;
    await makeKeyAgain();
    back();
  };
  return (
    <Frame title={words.title}>
      <Say tone="red" id="gate">
        {words.why}
      </Say>
      <ol>
        {words.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <div class="acts">
        <button class="act" onClick={() => void ask(install)}>
          {words.install}
        </button>
        <button class="act" onClick={() => void ask(askToNotify)}>
          {words.notify}
        </button>
      </div>
      <button class="main" onClick={() => void ask()}>
        {words.again}
      </button>
      {asked.value && <Say tone="amber">{words.still}</Say>}
    </Frame>
  );
}
