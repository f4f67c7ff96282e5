/** A list that only draws what is seen: 2,000 households cost as much as 20. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

interface Props<T> {
  readonly items: readonly T[];
  /** Height of every row, in pixels. */
  readonly rowHeight: number;
  readonly keyOf: (item: T) => string;
  readonly children: (item: T) => ComponentChildren;
}

/** Rows drawn beyond the edges, so that a quick thumb sees no gaps. */
const SPARE = 6;

export function LongList<T>({ items, rowHeight, keyOf, children }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ top: 0, height: 800 });
  const look = () => {
    const { scrollTop = 0, clientHeight = 800 } = box.current ?? {};
    setPlace({ top: Math.floor(scrollTop / rowHeight) * rowHeight, height: clientHeight });
  };
  useEffect(() => {
    look();
    addEventListener('resize', look);
    return () => removeEventListener('resize', look);
  }, []);
  const first = Math.max(0, Math.floor(place.top / rowHeight) - SPARE);
  const last = Math.ceil((place.top + place.height) / rowHeight) + SPARE;
  return (
    <div class="long" ref={box} onScroll={look} role="list">
      <div style={{ height: `${items.length * rowHeight}px` }}>
        <div style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {items.slice(first, last).map((item) => (
            <div key={keyOf(item)} role="listitem" style={{ height: `${rowHeight}px` }}>
              {children(item)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
