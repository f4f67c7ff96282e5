/** Starts the app: storage, shell, first screen. */

import { effect } from '@preact/signals-core';
import { render } from 'preact';
import './styles.css';
import { App } from './app';
import { watchHistory } from './state/nav';
import { showPhone } from './state/shown';
import { details, keepInTouch, stage, start } from './state/start';
import { takeCodeFromLink } from './screens/enrol';
import { fetchForms } from './screens/later';
import { Stopped } from './screens/stages';
import { loadWords, text } from './text/words';

/** A module that waits could not be imported by the one that is loaded later. */
async function main(): Promise<void> {
  await loadWords();
  if (location.pathname === '/kiosk') return openKiosk();
  takeCodeFromLink();
  watchHistory();
  document.documentElement.lang = text.lang;
  document.title = text.appName;
  draw(document.getElementById('app') ?? document.body);
  await start(showPhone);
  if (stage.value !== 'ready') return;
  keepInTouch();
  await fetchForms();
}

/** A machine of the branch that takes bundles: it is no phone, and keeps nothing. */
async function openKiosk(): Promise<void> {
  (await import('./screens/kiosk')).openKiosk(document.getElementById('app') ?? document.body);
}

/**
 * Every signal that a screen reads is noticed here; when one changes, the screen is drawn again.
 * A screen is some 400 nodes, for long lists draw only what is seen.
 */
function draw(place: HTMLElement): void {
  place.replaceChildren();
  effect(() => {
    try {
      render(<App />, place);
    } catch (error) {
      details.value = String(error);
      render(<Stopped stage="trouble" />, place);
    }
  });
}

void main();
