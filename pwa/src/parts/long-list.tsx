/** A list that only draws what is seen: 2,000 households cost as much as 20. */

import { signal } from '@preact/signals-core';
import type { ComponentChildren } from 'preact';
import { keepScroll, restoreScroll } from './scroll';

interface Props<T> {
  readonly items: readonly T[];
  /** Height of every row, in pixels. */
  readonly rowHeight: number;
  readonly keyOf: (item: T) => string;
  readonly children: (item: T) => ComponentChildren;
}

/** Pixels drawn beyond the edges, so that a quick thumb sees no gaps. */
const SPARE_PX = 600;

/** The list is drawn again after so many pixels, and not for each of them. */
const STEP_PX = 200;

/** What is in sight, in steps. There is one list on a screen. */
const step = signal(0);
const height = signal(800);

function look(box: HTMLElement): void {
  step.value = Math.floor(box.scrollTop / STEP_PX);
  height.value = box.clientHeight;
}

/** Called when the list appears; the rows are there by then, and the place can be found again. */
function appear(box: HTMLElement | null): void {
  restoreScroll(box);
  if (box) look(box);
}

function scroll(event: Event): void {
  const box = event.currentTarget as HTMLElement;
  keepScroll(box);
  look(box);
}

export function LongList<T>({ items, rowHeight, keyOf, children }: Props<T>) {
  const top = step.value * STEP_PX;
  const from = Math.max(0, Math.floor((top - SPARE_PX) / rowHeight));
  const to = Math.ceil((top + height.value + SPARE_PX) / rowHeight);
  return (
    <div class="long" role="list" ref={appear} onScroll={scroll}>
      <div style={{ height: `${items.length * rowHeight}px` }}>
        <div style={{ transform: `translateY(${from * rowHeight}px)` }}>
          {items.slice(from, to).map((item) => (
            <div key={keyOf(item)} role="listitem" style={{ height: `${rowHeight}px` }}>
              {children(item)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
