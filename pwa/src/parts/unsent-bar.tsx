/** At the foot of every screen: how much of the work is still only on this phone. */

import { go, screen } from '../state/nav';
import { sync } from '../state/start';
import { shown } from '../state/shown';
import { text, yuan } from '../text';

export function UnsentBar() {
  const { count, fen } = shown.unsent.value;
  const running = sync.state.value.is === 'running';
  const words = count === 0 ? text.allUploaded : text.onlyHere(count, fen > 0 ? yuan(fen) : null);
  return (
    <button
      type="button"
      class={`unsent ${count > 0 ? 'some' : ''}`}
      data-testid="unsent-bar"
      data-count={count}
      data-fen={fen}
      onClick={() => screen.value.name !== 'sync' && go({ name: 'sync' })}
    >
      <span class="dot" aria-hidden="true" />
      <span>{words}</span>
      <span class="more">{running ? text.syncing : text.syncPage}</span>
    </button>
  );
}
