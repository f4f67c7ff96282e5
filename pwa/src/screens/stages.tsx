/** What is shown before the phone is ready, or when it cannot be: one sentence, one way on. */

import type { ComponentChildren } from 'preact';
import { details } from '../state/start';
import { text } from '../parts/words';

interface PageProps {
  readonly title: string;
  readonly id: string;
  readonly children: ComponentChildren;
}

export function Page({ title, id, children }: PageProps) {
  return (
    <main class="page" data-testid={id}>
      <img src="/icon.svg" alt="" width="72" height="72" />
      <h1>{title}</h1>
      {children}
    </main>
  );
}

export function Starting() {
  return (
    <Page title={text.appName} id="starting">
      <p role="status">{text.starting}</p>
    </Page>
  );
}

/** The app cannot go on: what is so, what to do. */
export function Stopped({ stage }: { readonly stage: keyof typeof text.stages }) {
  const [title = '', ...lines] = text.stages[stage];
  return (
    <Page title={title} id={stage.replace('_', '-')}>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <p class="soft">{details.value}</p>
      {stage === 'trouble' && (
        <button class="main" onClick={() => location.reload()}>
          {text.restart}
        </button>
      )}
    </Page>
  );
}
