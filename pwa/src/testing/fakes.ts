/** What the tests put in place of a phone's powers: clock, journal, line, and a small server. */

import type { Journal, Opened } from '../device/journal';
import { UNCERTAIN } from '../device/journal';
import type { Clock } from '../device/clock';
import type { Answer, Line } from '../device/line';
import type { Sentinel } from '../device/sentinel';
import { utf8 } from '../device/bytes';
import { Trouble } from '../device/trouble';
import { makePhone, load } from '../state/phone';
import type { Phone } from '../state/phone';
import { openDb } from '../store/db';
import type { Db } from '../store/db';
import type { Identity } from '../store/meta';
import { keep } from '../store/meta';
import { identityRecord } from '../store/recover';
import { makeKey } from '../device/keys';

export const LANE = 'a'.repeat(32);
export const EPOCH = 'epoch-1';
/** 32 bytes of 7. */
export const SECRET = 'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc';

export const LI_WEI: Identity = {
  lane: LANE,
  lane_code: 'D1',
  device: 'device-1',
  officer: { id: 'officer-1', name: '李薇' },
  branch: { id: 'main', name: '涡水分社' },
  ack_secret: SECRET,
  server_key: null,
  ticket: 'a ticket',
};

/** 2026-03-02 10:00 in Shanghai. */
export const MONDAY = Date.UTC(2026, 2, 2, 2);

export interface FakeClock extends Clock {
  at: number;
}

export function fakeClock(): FakeClock {
  let dice = 1;
  return {
    at: MONDAY,
    now() {
      return this.at;
    },
    tzMinutes: () => 480,
    random(bytes) {
      return Uint8Array.from({ length: bytes }, () => {
        dice = (dice * 48_271) % 2_147_483_647;
        return dice & 255;
      });
    },
    jitter: () => 0.5,
    after(waitMs, then) {
      const timer = setTimeout(then, waitMs);
      return () => clearTimeout(timer);
    },
  };
}

/** A journal in memory, which can be told to fail in each of the ways that a file can. */
export class FakeJournal implements Journal {
  payloads: Uint8Array<ArrayBuffer>[] = [];
  slots: (Uint8Array<ArrayBuffer> | null)[] = [null, null];
  exists = true;
  trouble: 'none' | 'full' | 'uncertain' | 'hangs' = 'none';

  async open(create: boolean): Promise<Opened | null> {
    if (!this.exists && !create) return null;
    this.exists = true;
    return { payloads: this.payloads, torn: 0 };
  }

  async readRows() {
    return this.slots;
  }

  async append(payloads: readonly Uint8Array[]): Promise<number> {
    if (this.trouble === 'hangs') return new Promise(() => undefined);
    if (this.trouble === 'full') throw new Trouble('QuotaExceededError');
    if (this.trouble === 'uncertain') throw new Trouble(UNCERTAIN);
    const start = this.payloads.length;
    this.payloads = [...this.payloads, ...payloads.map((payload) => Uint8Array.from(payload))];
    return start;
  }

  async cut(start: number): Promise<void> {
    this.payloads = this.payloads.slice(0, start);
  }

  async keepRows(payload: Uint8Array, slot: 1 | 2): Promise<void> {
    this.slots[slot - 1] = Uint8Array.from(payload);
  }
}

export class FakeSentinel implements Sentinel {
  text: string | null = null;
  read = () => this.text;
  write = (text: string) => void (this.text = text);
}

export const noLine: Line = () => Promise.reject(new Trouble('no_signal'));

export interface Bench {
  readonly phone: Phone;
  readonly journal: FakeJournal;
  readonly clock: FakeClock;
  readonly sentinel: FakeSentinel;
  line: Line;
}

/** A whole answer, of text or of what JSON makes of a value. */
export const answerOf = (value: unknown, status = 200, headers = {}): Answer => ({
  status,
  headers,
  bytes: utf8(typeof value === 'string' ? value : JSON.stringify(value)),
  whole: true,
});

/** Li Wei's phone, enrolled, with an empty lane, allowed to record. */
export async function enrolledPhone(): Promise<Bench> {
  const db = await openDb();
  const journal = new FakeJournal();
  await journal.append([identityRecord(LI_WEI)]);
  await keep(db, { identity: LI_WEI, key: await makeKey(), boot: 1 });
  return wakePhone(db, journal);
}

/** The phone as it is after a start, from what the two stores hold. */
export async function wakePhone(
  db: Db,
  journal: FakeJournal,
  sentinel = new FakeSentinel(),
): Promise<Bench> {
  const clock = fakeClock();
  const bench: { line: Line } = { line: noLine };
  const line: Line = (ask) => bench.line(ask);
  const isOnline = () => true;
  const told = { clock, journal, sentinel, line, isOnline };
  const phone = makePhone(db, { ...told, app: 'pwa-test', reopen: openDb });
  phone.persisted.value = true;
  await load(phone);
  return Object.assign(bench, { phone, journal, sentinel, clock });
}

/** A small fact that needs nothing else: a visit begins. */
export function aVisit(household = 'W01') {
  return {
    kind: 'visit.started',
    body: {
      household,
      stop: null,
      purpose: ['collection'],
      second_person: 'officer-2',
      place: null,
      place_reason: 'no_signal',
    },
    visit: 'b'.repeat(32),
    subject: household,
  };
}
