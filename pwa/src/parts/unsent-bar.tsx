/** At the foot of every screen: how much of the work is still only on this phone. */

import { go, screen } from '../state/nav';
import { shown } from '../state/shown';
import { sync } from '../state/start';
import { text, unsentWords } from './words';

export function UnsentBar() {
  const { count, fen } = shown.unsent.value;
  const running = sync.state.value.is === 'running';
  return (
    <button
      class={count > 0 ? 'unsent some' : 'unsent'}
      data-testid="unsent-bar"
      data-count={count}
      data-fen={fen}
      onClick={() => screen.value.name !== 'sync' && go({ name: 'sync' })}
    >
      <i />
      <span>{unsentWords(count, fen)}</span>
      <span>{running ? text.syncing : text.syncPage}</span>
    </button>
  );
}
