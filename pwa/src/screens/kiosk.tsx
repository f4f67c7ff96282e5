/** The kiosk of a branch: a webcam, a moving code, and the answer as a code to take along. */

import { effect, signal } from '@preact/signals-core';
import { render } from 'preact';
import { fromBase64url } from '../device/bytes';
import { clock } from '../device/clock';
import { lineOf } from '../device/line';
import { codeOf, Trouble } from '../device/trouble';
import type { Refusal } from '../device/trouble';
import { readJson } from '../store/answers';
import { fromFile, kindOf, readBundle } from '../sync/bundle';
import { Problem } from '../sync/problems';
import { SendFile, TakeFile } from '../parts/bundle-file';
import { MovingQr } from '../parts/moving-qr';
import { Say } from '../parts/say';
import { Scanner } from '../parts/scanner';
import { fill, text, troubleWords } from '../parts/words';

type Bytes = Uint8Array<ArrayBuffer>;

/** The answer stands for so long, for a phone to look at; then the next may come. */
const ANSWER_MS = 120_000;

type State =
  | { readonly is: 'waiting' }
  | { readonly is: 'sending'; readonly count: number }
  | { readonly is: 'done'; readonly count: number; readonly id: string; readonly ack: Bytes }
  | { readonly is: 'failed'; readonly words: string };

const state = signal<State>({ is: 'waiting' });
const line = lineOf(clock);
let callOff = () => {};

/** It keeps nothing: what is not delivered is still on the phone that showed it. */
async function bring(given: Bytes, via: 'courier' | 'qr'): Promise<void> {
  callOff();
  try {
    const body = fromFile(given);
    if (kindOf(body) !== 1) throw new Problem('bundle_invalid');
    const { count } = await readBundle(body);
    state.value = { is: 'sending', count };
    const headers = { 'Content-Type': 'application/octet-stream', 'Doorstep-Via': via };
    const answer = await line({ method: 'POST', path: '/v1/courier', body, headers });
    const said = readJson(answer) as Refusal & { bundle: string; ack: string | null };
    if (!said.ack) throw new Trouble(said.code, { refusal: said });
    state.value = { is: 'done', count, id: said.bundle, ack: fromBase64url(said.ack) };
  } catch (error) {
    const code = error instanceof Problem ? error.code : codeOf(error);
    const refusal = error instanceof Trouble ? (error.more.refusal ?? null) : null;
    state.value = { is: 'failed', words: troubleWords(code, refusal).join(' ') };
  }
  callOff = clock.after(ANSWER_MS, () => (state.value = { is: 'waiting' }));
}

function Kiosk() {
  const now = state.value;
  return (
    <>
      <header>
        <div>
          <h1>{text.carry.kiosk}</h1>
          <p>{text.carry.kioskSub}</p>
        </div>
      </header>
      <main data-testid="kiosk" data-state={now.is}>
        {now.is === 'failed' && (
          <Say tone="red" id="kiosk-trouble">
            {now.words}
          </Say>
        )}
        {now.is === 'done' ? <Done now={now} /> : <Look now={now} />}
      </main>
      <footer />
    </>
  );
}

function Look({ now }: { readonly now: State }) {
  if (now.is === 'sending') return <Say tone="amber">{fill(text.carry.sending, now.count)}</Say>;
  return (
    <>
      <Scanner onMessage={(message) => void bring(message, 'qr')} />
      <TakeFile onMessage={(message) => void bring(message, 'courier')} />
      <p class="soft">{text.carry.takeHow}</p>
    </>
  );
}

function Done({ now }: { readonly now: Extract<State, { is: 'done' }> }) {
  return (
    <>
      <Say tone="green" id="kiosk-done">
        {fill(text.carry.kioskDone, now.count)}
      </Say>
      <MovingQr message={now.ack} />
      <p>{text.carry.kioskHow}</p>
      <SendFile message={now.ack} id={now.id} />
      <button
        class="act"
        data-testid="kiosk-next"
        onClick={() => (state.value = { is: 'waiting' })}
      >
        {text.carry.kioskNext}
      </button>
    </>
  );
}

export function openKiosk(place: HTMLElement): void {
  document.documentElement.lang = text.lang;
  document.title = text.carry.kiosk;
  place.replaceChildren();
  effect(() => render(<Kiosk />, place));
}
