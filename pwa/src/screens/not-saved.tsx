/** The red screen: the record is not on this phone. It must be written down before anything else. */

import { useState } from 'preact/hooks';
import { phone } from '../state/start';
import { text } from '../text';

export function NotSaved() {
  const failed = phone.notSaved.value;
  const [copied, setCopied] = useState(false);
  if (!failed) return null;
  const copy = () => {
    const done = navigator.clipboard?.writeText(failed.lines.join('\n'));
    done?.then(() => setCopied(true), () => undefined);
  };
  const onward = () => {
    phone.notSaved.value = null;
    if (!failed.certain) location.reload();
  };
  return (
    <main class="not-saved" data-testid="not-saved">
      <h1>{text.notSaved.title}</h1>
      <p role="alert">{text.notSaved.write}</p>
      <ul>
        {failed.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p>{failed.certain ? text.notSaved.certain : text.notSaved.uncertain}</p>
      <p class="small">{text.notSaved.cause(failed.cause)}</p>
      <button type="button" onClick={copy}>
        {copied ? text.copied : text.copy}
      </button>
      <button type="button" onClick={onward} data-testid="not-saved-done">
        {failed.certain ? text.notSaved.done : text.notSaved.doneRestart}
      </button>
    </main>
  );
}
