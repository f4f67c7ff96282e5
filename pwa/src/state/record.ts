/**
 * Recording a fact: build the event, hash and sign it, write it twice, and only then say "saved".
 *
 * The journal comes first, then the database. If the database refuses, the journal is cut back,
 * so that "not saved" is true in both. If an answer does not come in time nobody knows, and the
 * phone records nothing more until it has been started again and has compared the two.
 */

import { hex } from '../device/bytes';
import { within } from '../device/clock';
import { UNCERTAIN } from '../device/journal';
import { Trouble } from '../device/trouble';
import { makeKey, KEY_ALG, publicPoint, signHash } from '../device/keys';
import { eventHash } from '../sync/canonical';
import { ZERO_HASH } from '../sync/events';
import type { Envelope } from '../sync/events';
import { versionOf } from '../sync/kinds';
import type { StoredBlob, StoredEvent } from '../store/db';
import { append } from '../store/log';
import type { Beside } from '../store/log';
import { currentLane } from '../store/lanes';
import { eventRecord } from '../store/recover';
import { sentinelText } from './memory';
import type { Phone } from './phone';

/** A save that takes longer has failed, as far as the officer may rely on it. */
export const SAVE_MS_MAX = 5_000;

/** What the officer's screen knows of a fact; the rest of the envelope is added here. */
export interface Fact {
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly caseId?: string | null;
  readonly visit?: string | null;
  readonly subject?: string | null;
}

/** A fact that names one recorded with it: a photo and the slip it shows. */
export type FactOf = (before: readonly StoredEvent[]) => Fact;

export interface Photo {
  readonly sha256: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly media_type: string;
  /** When the camera made it, as its file says. */
  readonly taken_at?: number | null;
}

export interface Recording {
  readonly facts: readonly (Fact | FactOf)[];
  readonly photo?: Photo | null;
  /** What to write into the paper book if this is not saved. */
  readonly lines: readonly string[];
}

/** Save, or show the red screen. Resolves with the events, or null when nothing is relied on. */
export async function record(
  phone: Phone,
  recording: Recording,
): Promise<readonly StoredEvent[] | null> {
  try {
    return await save(phone, recording);
  } catch (error) {
    const cause = nameOf(error);
    const certain = cause !== UNCERTAIN && cause !== 'too_slow';
    if (!certain) phone.halted.value = true;
    phone.notSaved.value = { lines: recording.lines, certain, cause };
    return null;
  }
}

/**
 * Save in turn. Throws what went wrong; nothing was kept then, unless the code is `too_slow` or
 * `uncertain`.
 */
export function save(phone: Phone, recording: Recording): Promise<readonly StoredEvent[]> {
  const turn = phone.tail.then(() => saveNow(phone, recording));
  phone.tail = turn.catch(() => undefined);
  return turn;
}

async function saveNow(phone: Phone, recording: Recording): Promise<readonly StoredEvent[]> {
  if (phone.halted.value) throw new Trouble('halted');
  if (!phone.persisted.value) throw new Trouble('not_persistent');
  const key = phone.key ?? (await makeKey());
  const lane = laneToWrite(phone);
  const facts = [...(await opening(phone, key, lane)), ...recording.facts];
  const events = await build(phone, key, lane, facts);
  const blobs = photosOf(events, recording.photo ?? null);
  const beside = phone.key ? { blobs } : { blobs, key };
  await within(phone.clock, writeInOrder(phone, events, beside), SAVE_MS_MAX);
  phone.key = key;
  if (phone.forked !== lane) phone.forked = null;
  phone.log.value = [...phone.log.value, ...events];
  phone.sentinel.write(sentinelText(phone.log.value));
  if (blobs.length > 0) phone.photos.value = [...phone.photos.value, ...blobs];
  return events;
}

/**
 * The lane in which recording goes on: another one, once the server has shown that it has another
 * history of this one. A phone without a key makes it first, in the lane where the old key was.
 */
function laneToWrite(phone: Phone): string {
  const lane = laneOf(phone);
  return phone.forked === lane && phone.key ? newId(phone) : lane;
}

export const laneOf = (phone: Phone): string =>
  currentLane(phone.log.value, identityOf(phone).lane);

/** What must come before: a lane's own first event, or the key that a wiped phone has made. */
async function opening(phone: Phone, key: CryptoKeyPair, lane: string): Promise<Fact[]> {
  const { device, lane_code: code, lane: first } = identityOf(phone);
  const facts: Fact[] = [];
  if (!phone.key) {
    // First of all, even in a lane that is empty still: what lies before it nobody could verify.
    const public_key = await publicPoint(key);
    facts.push({ kind: 'key.rotated', body: { device, alg: KEY_ALG, public_key } });
  }
  if (!phone.log.value.some((event) => event.lane === lane)) {
    const replaces = lane === first ? null : laneOf(phone);
    facts.push({ kind: 'lane.opened', body: { device, code, key_alg: KEY_ALG, replaces } });
  }
  return facts;
}

function identityOf(phone: Phone) {
  const identity = phone.identity.value;
  if (!identity) throw new Trouble('not_enrolled');
  return identity;
}

/** Chain, hash and sign. All of it happens outside any transaction. */
async function build(
  phone: Phone,
  key: CryptoKeyPair,
  lane: string,
  facts: readonly (Fact | FactOf)[],
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  const head = phone.log.value.findLast((event) => event.lane === lane);
  for (const each of facts) {
    const fact = typeof each === 'function' ? each(events) : each;
    const event = envelope(phone, lane, fact, events.at(-1) ?? head);
    const hash = await eventHash(event);
    const sig = await signHash(key, hash);
    events.push({ lane: event.lane, seq: event.seq, hash, sig, event });
  }
  return events;
}

function envelope(
  phone: Phone,
  lane: string,
  fact: Fact,
  before: StoredEvent | undefined,
): Envelope {
  const { officer } = identityOf(phone);
  const { kind, body, caseId = null, visit = null, subject = null } = fact;
  return {
    v: 1,
    lane,
    seq: (before?.seq ?? 0) + 1,
    prev: before?.hash ?? ZERO_HASH,
    kind,
    sv: versionOf(kind),
    actor: officer.id,
    case: caseId,
    visit,
    subject,
    base_rev: null,
    anchor: phone.anchor.value,
    occurred_at: phone.clock.now(),
    tz: phone.clock.tzMinutes(),
    boot: phone.boot,
    app: phone.app,
    body,
  };
}

function photosOf(events: readonly StoredEvent[], photo: Photo | null): StoredBlob[] {
  const named = events.find(({ event }) => event.kind === 'attachment.added');
  return photo && named ? [{ ...photo, lane: named.lane, seq: named.seq, state: 'waiting' }] : [];
}

async function writeInOrder(
  phone: Phone,
  events: readonly StoredEvent[],
  beside: Beside,
): Promise<void> {
  const start = await phone.journal.append(events.map(eventRecord));
  try {
    await appendTwiceAtMost(phone, events, beside);
  } catch (error) {
    await phone.journal.cut(start).catch(() => {
      throw new Trouble(UNCERTAIN);
    });
    throw error;
  }
}

/** A browser may close the connection behind our back; open it again and try once more. */
async function appendTwiceAtMost(
  phone: Phone,
  events: readonly StoredEvent[],
  beside: Beside,
): Promise<void> {
  try {
    await append(phone.db, events, beside);
  } catch (error) {
    if (!['InvalidStateError', 'UnknownError'].includes(nameOf(error))) throw error;
    phone.db = await phone.reopen();
    await append(phone.db, events, beside);
  }
}

/** The code of our own trouble, or what the browser calls its own. */
function nameOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name: string };
  return typeof code === 'string' ? code : name;
}

/** A new visit's id: 16 random bytes. */
export const newId = (phone: Phone): string => hex(phone.clock.random(16));
