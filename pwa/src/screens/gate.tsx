/** Why nothing can be recorded yet, and how to mend it. */

import { useState } from 'preact/hooks';
import { askToNotify, askToPersist, install } from '../device/powers';
import { back } from '../state/nav';
import { makeKeyAgain, phone } from '../state/start';
import { text } from '../text';
import { Frame } from '../parts/frame';

export function Gate() {
  const [asked, setAsked] = useState(false);
  const ask = async (before: () => Promise<void>) => {
    await before();
    phone.persisted.value = await askToPersist();
    setAsked(true);
    if (!phone.persisted.value) return;
    await makeKeyAgain();
    back();
  };
  return (
    <Frame title={text.gate.title}>
      <div class="notice red" data-testid="gate">
        {text.gate.why}
      </div>
      <ol class="steps">
        {text.gate.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <div class="acts">
        <button type="button" class="act" onClick={() => void ask(install)}>
          {text.gate.install}
        </button>
        <button type="button" class="act" onClick={() => void ask(askToNotify)}>
          {text.gate.notify}
        </button>
      </div>
      <button type="button" class="main" onClick={() => void ask(() => Promise.resolve())}>
        {text.gate.again}
      </button>
      {asked && <p class="notice amber">{text.gate.still}</p>}
    </Frame>
  );
}
