/** Screens whose code comes behind the first screen; the shell holds it, signal or not. */

import { signal } from '@preact/signals-core';
import type { ComponentType, JSX } from 'preact';
import { Starting } from './stages';

export type Props<C> = C extends (props: infer P) => unknown ? P : never;

export interface Later<P> {
  (props: P): JSX.Element;
  /** Loads the code before somebody asks for it. Never fails: who opens the screen tries again. */
  readonly fetch: () => Promise<void>;
}

/** A screen that is drawn as soon as its code is here; back to the one before if it never comes. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): Later<P> {
  const loaded = signal<ComponentType<P> | null>(null);
  const take = async () => {
    loaded.value ??= await load();
  };
  const Screen = (props: P) => {
    const Loaded = loaded.value;
    if (Loaded) return <Loaded {...props} />;
    take().catch(() => history.back());
    return <Starting />;
  };
  return Object.assign(Screen, { fetch: () => take().catch(() => undefined) });
}
