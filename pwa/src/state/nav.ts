/**
 * Which screen is shown. The address never changes: no name, number or id may stand in it.
 *
 * Each step is an empty entry in the browser's history, so that the phone's back key works.
 */

import { computed, signal } from '@preact/signals-core';

export type Screen =
  | { readonly name: 'day' }
  | { readonly name: 'village'; readonly id: string }
  | { readonly name: 'search' }
  | { readonly name: 'household'; readonly id: string }
  | { readonly name: 'begin'; readonly id: string }
  | { readonly name: 'visit'; readonly visit: string }
  | { readonly name: 'notice'; readonly visit: string; readonly loan: string }
  | { readonly name: 'unsigned'; readonly visit: string; readonly loan: string }
  | {
      readonly name: 'cash';
      readonly visit: string;
      readonly loan: string;
      readonly counting: boolean;
    }
  | { readonly name: 'suspect'; readonly visit: string; readonly loan: string }
  | { readonly name: 'intention'; readonly visit: string; readonly loan: string }
  | { readonly name: 'receipt'; readonly hash: string }
  | { readonly name: 'slips' }
  | { readonly name: 'void'; readonly hash: string }
  | { readonly name: 'sync' }
  | { readonly name: 'carry'; readonly show?: string; readonly scan?: boolean }
  | { readonly name: 'custody'; readonly step?: CustodyStep; readonly hash?: string }
  | { readonly name: 'gate' };

/** Cash in hand: give it, show the code, read the answer; or read a code, and count. */
export type CustodyStep = 'give' | 'show' | 'proof' | 'take' | 'count';

const stack = signal<readonly Screen[]>([{ name: 'day' }]);

export const screen = computed<Screen>(() => stack.value.at(-1) ?? { name: 'day' });
export const depth = computed<number>(() => stack.value.length - 1);

export function go(next: Screen): void {
  stack.value = [...stack.value, next];
  history.pushState({ depth: depth.value }, '');
}

/** A form that is done is not gone back to: what follows takes its place. */
export function goInstead(next: Screen): void {
  stack.value = [...stack.value.slice(0, -1), next];
}

/** A step back is on its way: a second one must not leave the app. */
let going = false;

function goBack(steps: number): void {
  if (going || steps < 1 || steps > depth.value) return;
  going = true;
  history.go(-steps);
}

export const back = (): void => goBack(1);

/** Back to the latest screen of this name that was passed, or to the day. */
export function backTo(name: Screen['name']): void {
  const place = stack.value.findLastIndex((one) => one.name === name);
  goBack(depth.value - Math.max(0, place));
}

export function watchHistory(): void {
  history.replaceState({ depth: 0 }, '', '/');
  window.addEventListener('popstate', (event) => {
    going = false;
    const to = (event.state as { depth?: number } | null)?.depth ?? 0;
    stack.value = stack.value.slice(0, to + 1);
  });
}
