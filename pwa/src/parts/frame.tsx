/** The frame of every screen: title, back arrow, content, the main action, the unsent bar. */

import type { ComponentChildren } from 'preact';
import { back, depth } from '../state/nav';
import { toast } from '../state/toast';
import { text } from './words';
import { keepScroll, restoreScroll } from './scroll';
import { UnsentBar } from './unsent-bar';

interface Props {
  readonly title: string;
  readonly sub?: string | undefined;
  /** Main actions, within reach of the thumb. */
  readonly foot?: ComponentChildren;
  /** No scrolling of its own: the content is a list that scrolls itself. */
  readonly still?: boolean;
  readonly children: ComponentChildren;
}

export function Frame({ title, sub, foot, still, children }: Props) {
  return (
    <>
      <header>
        {depth.value > 0 && (
          <button class="back" data-testid="back" aria-label={text.back} onClick={back}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M15 4l-8 8 8 8" />
            </svg>
          </button>
        )}
        <div>
          <h1>{title}</h1>
          {sub && <p>{sub}</p>}
        </div>
      </header>
      <main
        class={still ? 'still' : ''}
        tabIndex={0}
        ref={restoreScroll}
        onScroll={(event) => keepScroll(event.currentTarget)}
      >
        {children}
      </main>
      <footer>
        {foot && <div class="foot">{foot}</div>}
        <UnsentBar />
      </footer>
      {toast.value && (
        <p class="toast" role="status" data-testid="saved">
          {toast.value}
        </p>
      )}
    </>
  );
}
