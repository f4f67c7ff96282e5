/** When and how the phone talks to the server. Facts go up, rows and verdicts come down. */

import { signal } from '@preact/signals-core';
import type { Signal } from '@preact/signals-core';
import { hex, utf8 } from '../device/bytes';
import { codeOf, Trouble } from '../device/trouble';
import type { Refusal } from '../device/trouble';
import {
  absorbedFrom,
  ackOf,
  agrees,
  askAttachment,
  askSync,
  BATCH_EVENTS_MAX,
  batchOf,
  needsResume,
  pullOf,
  pushOf,
  readJson,
  readSync,
} from '../store/exchange';
import type { Credentials } from '../store/exchange';
import { absorb, cursorOf } from '../store/feed';
import { write } from '../store/db';
import type { StoredBlob } from '../store/db';
import { keep, metaOf } from '../store/meta';
import type { Copy } from '../store/recover';
import type { SyncAnswer, SyncRequest } from '../store/wire';
import type { Phone } from './phone';
import { loadFeed, unsentOf } from './phone';

export interface SyncState {
  readonly is: 'idle' | 'running' | 'done' | 'error';
  /** Why it failed: a code of ours or of the server. */
  readonly code: string | null;
  readonly refusal: Refusal | null;
  /** When the next try comes by itself, by this phone's clock. */
  readonly again_at: number | null;
}

export interface Sync {
  readonly state: Signal<SyncState>;
  /** Exchange until nothing is left; never throws. A second call waits for the first. */
  run(): Promise<void>;
  /** Exchange in a moment: something was recorded, and there may be a signal. */
  soon(): void;
}

/** One run never goes on for ever, whatever the server says. 200 batches are 20,000 events. */
const ROUNDS_MAX = 200;

/** Full jitter: a random time up to a limit that doubles from 4 s to 5 min. */
const BACKOFF_MS = 4_000;
const BACKOFF_MS_MAX = 300_000;

/** After a save: what is recorded at one gate travels together. */
const SOON_MS = 8_000;

/** While the app is open it looks again this often. */
export const EVERY_MS = 300_000;

const IDLE: SyncState = { is: 'idle', code: null, refusal: null, again_at: null };

export function makeSync(phone: Phone): Sync {
  const state = signal<SyncState>(IDLE);
  let running: Promise<void> | null = null;
  let failures = 0;
  let callOff = () => {};

  function runAfter(waitMs: number): void {
    callOff();
    callOff = phone.clock.after(waitMs, run);
  }

  async function attempt(): Promise<void> {
    callOff();
    state.value = { ...IDLE, is: 'running' };
    try {
      await exchangeAll(phone);
      failures = 0;
      state.value = { ...IDLE, is: 'done' };
    } catch (error) {
      failures += 1;
      const wait = waitAfter(error, failures, phone.clock.jitter());
      state.value = failedState(error, phone.clock.now() + wait);
      runAfter(wait);
    }
  }

  async function run(): Promise<void> {
    if (!phone.identity.value) return;
    running ??= attempt().finally(() => (running = null));
    await running;
  }

  function soon(): void {
    // After a failure the next try has its time already.
    if (state.value.again_at === null && phone.isOnline()) runAfter(SOON_MS);
  }

  return { state, run, soon };
}

function waitAfter(error: unknown, failures: number, jitter: number): number {
  const asked = error instanceof Trouble ? error.more.retryAfterMs : null;
  const limit = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** (failures - 1));
  return asked ?? Math.round(limit * jitter) + 1_000;
}

function failedState(error: unknown, again_at: number): SyncState {
  const refusal = error instanceof Trouble ? error.more.refusal : undefined;
  return { is: 'error', code: codeOf(error), refusal: refusal ?? null, again_at };
}

/** A wiped phone has made a new key, and the server has yet to confirm it. */
export const waitsForKey = (phone: Phone): boolean => needsResume(unsentOf(phone));

/** What one run remembers from request to request. */
interface Run {
  /** Events in one batch; less after the server found one too much. */
  limit: number;
  /** The rows differed and were asked for again from the start: once, not for ever. */
  repaired: boolean;
}

/** Too much, or one event in it cannot be read: send less at a time, down to one. */
const NARROW = ['body_too_large', 'batch_invalid', 'envelope_invalid', 'not_canonical'];

/** Push all, pull all, then the photos. Throws what went wrong; what is done stays done. */
async function exchangeAll(phone: Phone): Promise<void> {
  const run: Run = { limit: BATCH_EVENTS_MAX, repaired: false };
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    try {
      if (await exchangeOnce(phone, run)) break;
    } catch (error) {
      await mendRun(phone, run, error);
    }
  }
  await sendPhotos(phone);
  await keepDone(phone);
}

/** What can be done about a failure before the next request; throws it when that is nothing. */
async function mendRun(phone: Phone, run: Run, error: unknown): Promise<void> {
  const code = codeOf(error);
  if (code === 'cursor_invalid' && !run.repaired) return fetchAgain(phone, run);
  if (run.limit === 1 || !NARROW.includes(code)) throw error;
  run.limit = Math.ceil(run.limit / 4);
}

/** Ask for all rows from the start; they are staged, so that the old ones stay until then. */
async function fetchAgain(phone: Phone, run: Run): Promise<void> {
  run.repaired = true;
  await keep(phone.db, { pull: { ...phone.pull.value, cursor: null, staging: null } });
  await loadFeed(phone);
}

/** One request. True when nothing is left to send and the rows are complete. */
async function exchangeOnce(phone: Phone, run: Run): Promise<boolean> {
  const who = credentialsOf(phone);
  const unsent = unsentOf(phone);
  const request: SyncRequest = {
    req_id: hex(phone.clock.random(16)),
    sent_at: phone.clock.now(),
    push: pushOf(batchOf(unsent, run.limit)),
    pull: pullOf(cursorOf(phone.pull.value)),
  };
  const before = phone.ack.value;
  const answer = await phone.line(await askSync(request, who, needsResume(unsent)));
  const said = await readSync(answer, request, who.identity.ack_secret);
  const ack = ackOf(said, before, phone.log.value);
  await absorb(phone.db, await absorbedFrom(said, request, ack));
  await noteTime(phone, request, said);
  await loadFeed(phone);
  // A request was answered, and yet nothing moved: stop, rather than ask for ever.
  if (request.push && phone.ack.value.seq <= before.seq && before.epoch === said.epoch) {
    throw new Trouble('not_taken');
  }
  return (await isWhole(phone, said, run)) && unsentOf(phone).length === 0;
}

function credentialsOf(phone: Phone): Credentials {
  const identity = phone.identity.value;
  if (!identity) throw new Trouble('not_enrolled');
  return { identity, key: phone.key };
}

async function noteTime(phone: Phone, request: SyncRequest, said: SyncAnswer): Promise<void> {
  const middle = (request.sent_at + phone.clock.now()) / 2;
  await keep(phone.db, { last: { ...phone.last.value, ahead_ms: Math.round(said.now - middle) } });
}

/** The rows are complete and are the server's rows, by content. If not, load them all again. */
async function isWhole(phone: Phone, said: SyncAnswer, run: Run): Promise<boolean> {
  const { pull } = said;
  if (!pull) return true;
  if ('error' in pull) throw new Trouble(pull.error);
  if (!pull.complete) return false;
  const rows = [...phone.rows.value.values()].flatMap((type) => [...type.values()]);
  if (await agrees(pull.digest, rows)) return true;
  if (run.repaired) throw new Trouble('rows_differ');
  await fetchAgain(phone, run);
  return false;
}

async function sendPhotos(phone: Phone): Promise<void> {
  const acked = phone.ack.value.seq;
  if (!phone.key) return;
  const due = phone.photos.value.filter((blob) => blob.state === 'waiting' && blob.seq <= acked);
  for (const blob of due) await sendPhoto(phone, blob);
}

async function sendPhoto(phone: Phone, blob: StoredBlob): Promise<void> {
  const ask = await askAttachment(blob.sha256, blob.bytes, credentialsOf(phone));
  let state: StoredBlob['state'];
  try {
    const said = readJson(await phone.line(ask)) as { state?: string };
    state = said.state === 'quarantined' ? 'quarantined' : 'stored';
  } catch (error) {
    const code = codeOf(error);
    // No event names it yet on the server: it will be asked again with the next exchange.
    if (code === 'attachment_unknown') return;
    if (code !== 'attachment_hash_mismatch') throw error;
    state = 'refused';
  }
  await write(phone.db, ['blobs'], (stores) => stores('blobs').put({ ...blob, state }));
  const others = phone.photos.value.filter((photo) => photo.sha256 !== blob.sha256);
  phone.photos.value = [...others, { ...blob, state }];
}

/** Everything is done: note the time, and lay a copy of the rows beside the journal. */
async function keepDone(phone: Phone): Promise<void> {
  const last = { ...phone.last.value, done_at: phone.clock.now() };
  const serial = ((await metaOf(phone.db, 'serial')) ?? 0) + 1;
  await keep(phone.db, { last, serial });
  phone.last.value = last;
  await phone.journal.keepRows(utf8(JSON.stringify(copyOf(phone, serial))), serial % 2 ? 1 : 2);
}

function copyOf(phone: Phone, serial: number): Copy {
  const { epoch, cursor } = phone.pull.value;
  return {
    serial,
    lane: credentialsOf(phone).identity.lane,
    epoch,
    cursor,
    ack: phone.ack.value,
    anchor: phone.anchor.value,
    last: phone.last.value,
    rows: [...phone.rows.value.values()].flatMap((type) => [...type.values()]),
    verdicts: [...phone.verdicts.value.values()],
  };
}
