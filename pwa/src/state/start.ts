/** The start of the app: what this browser can do, one tab, two stores that agree, the phone. */

import { signal } from '@preact/signals-core';
import { clock } from '../device/clock';
import { journalInWorker } from '../device/journal';
import type { Journal } from '../device/journal';
import { lineOf } from '../device/line';
import { holdLock } from '../device/lock';
import {
  askToPersist,
  isInWeChat,
  isMissing,
  isOnline,
  keepInstallOffer,
  lookAtShell,
  startShell,
} from '../device/powers';
import { sentinel } from '../device/sentinel';
import { openDb } from '../store/db';
import { keep } from '../store/meta';
import { reconcile } from '../store/recover';
import { hadLane } from './enrol';
import { beginAgain, lookBack } from './look-back';
import { load, makePhone } from './phone';
import type { Phone, Powers } from './phone';
import { EVERY_MS, makeSync } from './sync';
import type { Sync } from './sync';

export type Stage =
  | 'starting'
  | 'wechat'
  | 'unsupported'
  | 'second_tab'
  | 'enrol'
  | 'ready'
  | 'two_histories'
  | 'trouble';

export const stage = signal<Stage>('starting');

/** For 'unsupported' what is missing, for 'trouble' what the browser said. */
export const details = signal('');

/** This phone was enrolled once, and both its stores are empty. */
export const lostAll = signal(false);

/** Set once, before any screen that uses them is shown. */
export let phone: Phone;
export let sync: Sync;

export function holdPhone(made: Phone): void {
  phone = made;
  sync = makeSync(made);
}

/** The build's name stands in the name of its file; part of every event. */
const APP = `pwa-${/index-([\w-]+)\.js/.exec(import.meta.url)?.[1] ?? 'dev'}`;

/** `onAwake` is called when the phone is there, before the first screen is shown. */
export async function start(onAwake: () => void): Promise<void> {
  if (isInWeChat()) return show('wechat');
  const missing = isMissing();
  if (missing.length > 0) return show('unsupported', missing.join(', '));
  keepInstallOffer();
  try {
    const next = await wake();
    onAwake();
    show(next);
  } catch (error) {
    const { name, message } = error as Error;
    show(message === 'two_histories' ? message : 'trouble', `${name}: ${message}`);
  }
  // Last, for it takes its time from what the officer waits for.
  startShell().then(lookAtShell, () => undefined);
}

function show(next: Stage, why = ''): void {
  details.value = why;
  stage.value = next;
}

/** Open both stores, let each mend the other, and read the phone into memory. */
async function wake(): Promise<Stage> {
  const journal = journalInWorker();
  // The lock first: a newer build must not take the database from a tab that is recording.
  const isSecond = () => show('second_tab');
  await holdLock(isSecond);
  const opening = openDb(isSecond);
  const files = await journal.open(false);
  const db = await opening;
  const found = await reconcile(db, journal, files);
  holdPhone(makePhone(db, powersWith(journal)));
  await load(phone);
  phone.boot += 1;
  phone.restored.value = found.toDatabase;
  phone.persisted.value = found.identity ? await askToPersist() : false;
  if (!found.identity) {
    lostAll.value = hadLane(phone);
    return 'enrol';
  }
  await keep(db, { boot: phone.boot });
  await lookBack(phone, found.toDatabase);
  await makeKeyAgain();
  return 'ready';
}

const powersWith = (journal: Journal): Powers => ({
  clock,
  journal,
  line: lineOf(clock),
  isOnline,
  sentinel,
  app: APP,
  reopen: () => openDb(),
});

/** What must be made anew is made as soon as the browser has promised to keep it. */
export async function makeKeyAgain(): Promise<void> {
  if (phone.persisted.value) await beginAgain(phone);
}

/** Looks for the server at every occasion: there is no saying when the signal is there. */
export function keepInTouch(): void {
  const look = () => {
    if (document.visibilityState !== 'visible') return;
    void sync.run();
    void lookAtShell();
  };
  addEventListener('online', look);
  document.addEventListener('visibilitychange', look);
  setInterval(look, EVERY_MS);
  look();
}
