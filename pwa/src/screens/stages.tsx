/** What is shown before the phone is ready, or when it cannot be: one clear sentence, one way on. */

import type { ComponentChildren } from 'preact';
import { details } from '../state/start';
import { text } from '../text';

interface PlainProps {
  readonly title: string;
  readonly id: string;
  readonly children: ComponentChildren;
}

export function Plain({ title, id, children }: PlainProps) {
  return (
    <main class="plain-page" data-testid={id}>
      <img src="/icon.svg" alt="" width="72" height="72" />
      <h1>{title}</h1>
      {children}
    </main>
  );
}

const lines = (words: readonly string[]) => words.map((line) => <p key={line}>{line}</p>);

const restart = () => location.reload();

export function Starting() {
  return (
    <Plain title={text.appName} id="starting">
      <p role="status">{text.starting}</p>
    </Plain>
  );
}

export function InWeChat() {
  return (
    <Plain title={text.weChat.title} id="wechat">
      {lines(text.weChat.lines)}
    </Plain>
  );
}

export function Unsupported() {
  return (
    <Plain title={text.unsupported.title} id="unsupported">
      {lines(text.unsupported.lines)}
      <p class="small">{details.value}</p>
    </Plain>
  );
}

export function SecondTab() {
  return (
    <Plain title={text.secondTab.title} id="second-tab">
      {lines(text.secondTab.lines)}
    </Plain>
  );
}

export function TwoHistories() {
  return (
    <Plain title={text.twoHistories.title} id="two-histories">
      {lines(text.twoHistories.lines)}
      <p class="small">{details.value}</p>
    </Plain>
  );
}

export function Trouble() {
  return (
    <Plain title={text.trouble.title} id="trouble">
      {lines(text.trouble.lines)}
      <p class="small">{details.value}</p>
      <button type="button" class="main" onClick={restart}>
        {text.restart}
      </button>
    </Plain>
  );
}
