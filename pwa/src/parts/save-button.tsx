/** The main button of a form: says why it cannot be pressed, saves once, and only then says so. */

import { signal } from '@preact/signals-core';
import { phone, sync } from '../state/start';
import { say } from '../state/toast';
import { dropDraft } from '../state/visits';
import { fill, kindWords, text } from './words';

interface Props<T> {
  readonly id: string;
  readonly words: string;
  /** What is still missing; null when it can be saved. */
  readonly why?: string | null;
  /** Resolves with null when nothing was saved; the red screen is shown then. */
  readonly save: () => Promise<T | null>;
  readonly kind: string;
  /** The input that is no draft any more once it is saved. */
  readonly draft: string;
  readonly then: (saved: T) => void;
  readonly danger?: boolean;
}

/** One save at a time: whoever taps twice has saved once. */
const busy = signal(false);

export function SaveButton<T>(props: Props<T>) {
  const { id, words, why = null, kind, draft, then, danger } = props;
  const press = async () => {
    busy.value = true;
    const saved = await props.save();
    busy.value = false;
    if (saved === null) return;
    dropDraft(phone, draft);
    sync.soon();
    say(fill(text.savedAs, kindWords(kind)));
    then(saved);
  };
  return (
    <button
      class={danger ? 'main danger' : 'main'}
      data-testid={id}
      disabled={why !== null || busy.value}
      onClick={() => void press()}
    >
      {why ?? words}
    </button>
  );
}
