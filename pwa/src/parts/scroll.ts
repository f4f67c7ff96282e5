/** Where each screen was scrolled to: who comes back finds the place again. */

import { screen } from '../state/nav';
import type { Screen } from '../state/nav';

const tops = new WeakMap<Screen, number>();

export function restoreScroll(box: HTMLElement | null): void {
  if (box) box.scrollTop = tops.get(screen.value) ?? 0;
}

export function keepScroll(box: HTMLElement): void {
  tops.set(screen.value, box.scrollTop);
}
