/** The kiosk of a branch: a webcam, a moving code, and the answer as a code to take along. */

import { effect } from '@preact/signals-core';
import { render } from 'preact';
import { bring, kiosk, nextPlease } from '../state/kiosk';
import type { KioskState } from '../state/kiosk';
import { SendFile, TakeFile } from '../parts/bundle-file';
import { MovingQr } from '../parts/moving-qr';
import { Say } from '../parts/say';
import { Scanner } from '../parts/scanner';
import { fill, text, troubleWords } from '../parts/words';

function Kiosk() {
  const now = kiosk.value;
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
            {troubleWords(now.code, now.refusal).join(' ')}
          </Say>
        )}
        {now.is === 'done' ? <Done now={now} /> : <Look now={now} />}
      </main>
      <footer />
    </>
  );
}

function Look({ now }: { readonly now: KioskState }) {
  if (now.is === 'sending') return <Say tone="amber">{fill(text.carry.sending, now.count)}</Say>;
  return (
    <>
      <Scanner onMessage={(message) => void bring(message, 'qr')} />
      <TakeFile onMessage={(message) => void bring(message, 'courier')} />
      <p class="soft">{text.carry.takeHow}</p>
    </>
  );
}

function Done({ now }: { readonly now: Extract<KioskState, { is: 'done' }> }) {
  return (
    <>
      <Say tone="green" id="kiosk-done">
        {fill(text.carry.kioskDone, now.count)}
      </Say>
      <MovingQr message={now.ack} />
      <p>{text.carry.kioskHow}</p>
      <div class="two">
        <button data-testid="kiosk-next" onClick={nextPlease}>
          {text.carry.kioskNext}
        </button>
        <SendFile message={now.ack} id={now.id} />
      </div>
    </>
  );
}

export function openKiosk(place: HTMLElement): void {
  document.documentElement.lang = text.lang;
  document.title = text.carry.kiosk;
  place.replaceChildren();
  effect(() => render(<Kiosk />, place));
}
