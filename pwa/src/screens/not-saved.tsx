/** The red screen: the record is not on this phone, and must be written down before anything. */

import { signal } from '@preact/signals-core';
import { phone } from '../state/start';
import type { NotSaved as Failed } from '../state/phone';
import { fill, text } from '../parts/words';

const copied = signal(false);

export function NotSaved({ failed }: { readonly failed: Failed }) {
  const { lines, certain, cause } = failed;
  const words = text.notSaved;
  const copy = () => {
    navigator.clipboard?.writeText(lines.join('\n')).then(
      () => (copied.value = true),
      () => undefined,
    );
  };
  const onward = () => {
    copied.value = false;
    phone.notSaved.value = null;
    if (!certain) location.reload();
  };
  return (
    <main class="not-saved" data-testid="not-saved">
      <h1>{words.title}</h1>
      <p role="alert">{words.write}</p>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p>{certain ? words.certain : words.uncertain}</p>
      <p>{fill(words.cause, cause)}</p>
      <button onClick={copy}>
        {copied.value ? text.copied : text.copy}
      </button>
      <button onClick={onward} data-testid="not-saved-done">
        {certain ? words.done : words.doneRestart}
      </button>
    </main>
  );
}
