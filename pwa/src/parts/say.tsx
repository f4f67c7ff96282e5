/** A sentence that must be read: red stops, amber warns, green leads on. */

import type { ComponentChildren } from 'preact';

interface Props {
  readonly tone: 'red' | 'amber' | 'green';
  readonly id?: string;
  readonly children: ComponentChildren;
}

export function Say({ tone, id, children }: Props) {
  return (
    <p class={`notice ${tone}`} role={tone === 'red' ? 'alert' : 'status'} data-testid={id}>
      {children}
    </p>
  );
}
