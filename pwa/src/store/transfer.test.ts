/**
 * A request on a line that breaks. Method: the small server behind a line that is cut after n
 * bytes, up or down, again and again, and a page that is killed between any two requests.
 */

import { beforeEach, expect, test, vi } from 'vitest';
import { emptyStorage } from './testing';
import { fromUtf8, gzip, utf8 } from '../device/bytes';
import type { Ask } from '../device/line';
import { Trouble } from '../device/trouble';
import { answerOf, fakeClock } from '../testing/fakes';
import { FakeServer } from '../testing/server';
import { openDb } from './db';
import type { Db } from './db';
import { pullOf } from './exchange';
import { metaOf } from './meta';
import { carry, PIECE_BYTES_MAX, PIECE_BYTES_MIN, transferOf } from './transfer';
import type { Transfer } from './transfer';
import type { SyncRequest } from './wire';

let db: Db;
let server: FakeServer;

beforeEach(async () => {
  emptyStorage();
  db = await openDb();
  server = new FakeServer();
});

/** `noise` makes the body as large as it has to be: random text does not pack. */
async function letter(noise = 0): Promise<Transfer> {
  const details = { noise: fromUtf8(utf8(String.fromCharCode(...letters(noise)))) };
  const request: SyncRequest = {
    req_id: '5'.repeat(32),
    sent_at: 0,
    push: null,
    pull: pullOf(null),
    beacon: null,
    incidents: [{ kind: 'forked', details, at: 0 }],
  };
  const body = await gzip(utf8(JSON.stringify(request)));
  const headers = { 'Doorstep-Device': 'device-1', 'Content-Encoding': 'gzip' };
  const about = { hashes: [], cursor: null, incidents: [] };
  return transferOf({ req_id: request.req_id, at: 0, ...about, headers, body });
}

const letters = (count: number) => [...fakeClock().random(count)].map((byte) => 48 + (byte % 64));

const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    etype: 'loan',
    eid: `L${at}`,
    tick: 1,
    op: 'upsert' as const,
    row: { id: `L${at}`, due: (at * 7919) % 100_000 },
  }));

const textOf = async (bytes: Promise<Uint8Array<ArrayBuffer>>) => fromUtf8(await bytes);
const whole = () => fromUtf8(server.answers.get('5'.repeat(32))!);

/** Goes on, run after run, as the phone does; each run sees only what was kept. */
async function insist(line = server.line, first?: Transfer): Promise<string> {
  for (let run = 0; run < 200; run += 1) {
    const kept = (run === 0 ? first : undefined) ?? (await metaOf(db, 'transfer')) ?? first!;
    try {
      return await textOf(carry({ db, line }, kept));
    } catch (error) {
      if (!(error instanceof Trouble) || error.code !== 'no_signal') throw error;
    }
  }
  throw new Error('it never came through');
}

const sizes = () => server.asks.map(({ body }) => body?.length ?? 0);
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

test('it sends what is small in one request, without ceremony, and keeps nothing', async () => {
  server.rows = rows(2);

  const text = await textOf(carry({ db, line: server.line }, await letter()));

  expect(text.split('\n')).toHaveLength(3);
  expect(server.asks).toHaveLength(1);
  expect(server.asks[0]?.headers).not.toHaveProperty('Doorstep-Upload');
  expect(await metaOf(db, 'transfer')).toBeUndefined();
});

test('it sends what is large in one request too, when nothing breaks', async () => {
  const large = await letter(20_000);

  await carry({ db, line: server.line }, large);

  expect(sizes()).toEqual([large.body.length]);
  const { length } = large.body;
  expect(server.asks[0]?.headers['Doorstep-Upload']).toBe(`${large.req_id};0;${length}`);
});

test.each([700, 3_000, 20_000])('it goes up through a line cut every %i bytes', async (cut) => {
  const large = await letter(30_000);
  server.cutUp = cut;

  const text = await insist(server.line, large);

  expect(server.requests).toHaveLength(1);
  expect(text.split('\n')).toHaveLength(3);
  const pieces = sizes().slice(1);
  expect(Math.max(...pieces)).toBeLessThanOrEqual(PIECE_BYTES_MAX);
  // What is cut off of a piece is sent again, and nothing else.
  const arrived = sizes().map((size) => Math.min(size, cut));
  expect(sum(arrived)).toBe(large.body.length);
});

test('it makes its pieces smaller when they do not come through at all', async () => {
  const large = await letter(20_000);
  const line = async (ask: Ask) => {
    if ((ask.body?.length ?? 0) > 600) throw new Trouble('no_signal');
    return server.line(ask);
  };

  await insist(line, large);

  const pieces = server.asks.flatMap(({ body }) => (body ? body.length : []));
  expect(Math.max(...pieces)).toBe(PIECE_BYTES_MIN);
  expect(sum(pieces)).toBe(large.body.length);
});

test.each([500, 3_000, 20_000])('it comes down through a line cut every %i bytes', async (cut) => {
  server.rows = rows(4_000);
  server.cutDown = cut;
  const small = await letter();

  const text = await insist(server.line, small);

  expect(text).toBe(whole());
  expect(server.requests).toHaveLength(1);
  const ranges = server.asks.flatMap(({ headers }) => headers.Range ?? []);
  expect(new Set(ranges).size).toBe(ranges.length);
});

test('it takes up an answer of which nothing had come', async () => {
  server.rows = rows(4_000);
  const large = await letter(20_000);
  let lost = false;
  const line = async (ask: Ask) => {
    const answer = await server.line(ask);
    if (ask.method !== 'POST' || lost) return answer;
    lost = true;
    throw new Trouble('no_signal');
  };

  expect(await insist(line, large)).toBe(whole());

  expect(server.requests).toHaveLength(1);
  expect(server.asks.map(({ path }) => path)).toEqual(['/v1/sync', '/v1/sync', '/v1/answer']);
});

test('it goes on after the page was killed, at whatever request that was', async () => {
  server.rows = rows(3_000);
  server.cutUp = 3_000;
  server.cutDown = 3_000;
  // A kill: the line never answers, and the next start knows only what was kept.
  const killed = async (ask: Ask) => {
    await server.line(ask).catch(() => undefined);
    throw new Trouble('no_signal');
  };
  const large = await letter(12_000);
  for (let run = 0; run < 60; run += 1) {
    const kept = (await metaOf(db, 'transfer')) ?? large;
    const line = run % 2 ? server.line : killed;
    const done = await carry({ db, line }, structuredClone(kept)).catch(() => null);
    if (!done) continue;
    expect(fromUtf8(done)).toBe(whole());
    expect(server.requests).toHaveLength(1);
    return;
  }
  throw new Error('it never came through');
});

test('it keeps what is large before it goes, for the page may be killed then', async () => {
  const large = await letter(20_000);
  void carry({ db, line: () => new Promise<never>(() => undefined) }, large);

  await expect.poll(async () => (await metaOf(db, 'transfer'))?.sent).toBe(true);

  expect((await metaOf(db, 'transfer'))?.body).toEqual(large.body);
});

test('it keeps an answer while it comes, for the page may be killed in the middle', async () => {
  const part = utf8(`null\n${'x'.repeat(70_000)}`);
  const line = (ask: Ask) => {
    ask.onPart?.(part);
    return new Promise<never>(() => undefined);
  };

  void carry({ db, line }, await letter());

  await expect.poll(async () => (await metaOf(db, 'transfer'))?.plain.length).toBe(part.length);
});

test('it does not keep the page of a hotel as the beginning of an answer', async () => {
  const hotel = utf8(`<html>${'x'.repeat(70_000)}`);
  const line = async (ask: Ask) => {
    ask.onPart?.(hotel);
    return { ...answerOf('<html>'), whole: false };
  };

  await expect(carry({ db, line }, await letter())).rejects.toThrow('no_signal');

  expect((await metaOf(db, 'transfer'))?.plain.length).toBe(0);
});

test.each([
  ['a sign-in page', answerOf('<html>')],
  ['JSON of somebody else', answerOf({ ok: 1 })],
  ['a page that calls itself a part', answerOf('<html>', 206)],
])('it takes %s for no part of an answer', async (_, page) => {
  server.rows = rows(4_000);
  server.cutDown = 3_000;
  let asked = 0;
  const line = async (ask: Ask) => {
    asked += 1;
    return asked === 2 ? page : server.line(ask);
  };
  await expect(carry({ db, line }, await letter())).rejects.toThrow('not_our_server');

  expect(await insist()).toBe(whole());
});

test('it begins anew when the answer is gone, or spoilt', async () => {
  server.rows = rows(4_000);
  server.cutDown = 3_000;
  const line = async (ask: Ask) => {
    if (ask.path === '/v1/answer') server.answers.clear();
    return server.line(ask);
  };
  await expect(carry({ db, line }, await letter())).rejects.toThrow('answer_gone');

  const headers = { 'doorstep-length': '4' };
  const spoilt = async (ask: Ask) =>
    ask.path === '/v1/answer'
      ? { status: 206, headers, bytes: utf8('spam'), whole: true }
      : server.line(ask);
  await expect(carry({ db, line: spoilt }, await letter())).rejects.toThrow('answer_gone');
});

test('it goes on at the offset that the server tells, also when that is another', async () => {
  const large = await letter(20_000);
  large.sent = true;
  large.offset = 9_000;
  large.piece = PIECE_BYTES_MAX;
  server.uploads.set(large.req_id, large.body.slice(0, 500));

  await carry({ db, line: server.line }, large);

  expect(server.requests).toHaveLength(1);
});

test('it brings records home from a phone whose disk is full', async () => {
  server.rows = rows(4_000);
  server.cutUp = 3_000;
  server.cutDown = 20_000;
  const full = vi.spyOn(db, 'transaction').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });

  const text = await textOf(carry({ db, line: server.line }, await letter(20_000)));

  expect(text).toBe(whole());
  expect(full).toHaveBeenCalled();
});

test('it gives up for now on a line that lets nothing through', async () => {
  let asked = 0;
  const line = async (): Promise<never> => {
    asked += 1;
    throw new Trouble('no_signal');
  };

  await expect(carry({ db, line }, await letter())).rejects.toThrow('no_signal');
  expect(asked).toBe(1);
  await expect(carry({ db, line }, await letter(20_000))).rejects.toThrow('no_signal');
  expect(asked).toBe(3);
});

test('it gives up for now on a server that always asks for the same', async () => {
  const line = async (): Promise<ReturnType<typeof answerOf>> =>
    answerOf({ upload_offset: 10 }, 202);

  await expect(carry({ db, line }, await letter(20_000))).rejects.toThrow('no_signal');
});

test.each([
  [413, 'body_too_large'],
  [401, 'proof_invalid'],
  [503, 'server_busy'],
])('it says with %i why the server did not take it', async (status, code) => {
  const line = async () => answerOf({ code }, status);

  await expect(carry({ db, line }, await letter())).rejects.toMatchObject({ code });
});
