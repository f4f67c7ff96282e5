/** The screens of carried records are loaded when they are first opened; the shell holds them. */

import { signal } from '@preact/signals-core';
import type { Carry } from './carry';
import { Starting } from './stages';

type Loaded = { readonly Carry: typeof Carry };

const loaded = signal<Loaded | null>(null);

export function CarryLater(props: Parameters<typeof Carry>[0]) {
  if (!loaded.value) {
    void import('./carry').then(
      (carry) => (loaded.value = carry),
      () => history.back(),
    );
    return <Starting />;
  }
  const { Carry: Screen } = loaded.value;
  return <Screen {...props} />;
}
