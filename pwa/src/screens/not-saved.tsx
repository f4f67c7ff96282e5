/** The red screen: the record is not on this phone. It must be written down before anything else. */

import { useState } from 'preact/hooks';
import { phone } from '../state/start';
import type { NotSaved as Failed } from '../state/phone';
import { fill, text } from '../text';

export function NotSaved({ failed }: { readonly failed: Failed }) {
  const { lines, certain, cause } = failed;
  const [copied, setCopied] = useState(false);
  const words = text.notSaved;
  const copy = () => {
    navigator.clipboard?.writeText(lines.join('\n')).then(() => setCopied(true), () => undefined);
  };
  const onward = () => {
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
        {copied ? text.copied : text.copy}
      </button>
      <button onClick={onward} data-testid="not-saved-done">
        {certain ? words.done : words.doneRestart}
      </button>
    </main>
  );
}
