/** One request and its answer. Method: answers of our server, and of everybody else's. */

import { beforeAll, expect, test } from 'vitest';
import { fromBase64url, fromUtf8, hmac, utf8 } from '../device/bytes';
import { makeKey } from '../device/keys';
import { answerOf, EPOCH, LANE, LI_WEI, SECRET } from '../testing/fakes';
import { unpacked } from '../testing/server';
import { readJson, readOffset } from './answers';
import type { StoredEvent } from './db';
import { batchOf, letterOf, pullOf, pushOf, readSync, tookOf, verdictsOf } from './exchange';
import { needsResume } from './lanes';
import type { SyncRequest, WirePage } from './wire';

function event(seq: number, more: Partial<StoredEvent['event']> = {}): StoredEvent {
  const envelope = { seq, lane: LANE, kind: 'visit.started', actor: 'officer-1', app: 'pwa-1' };
  const hash = String(seq).padStart(64, '0');
  const before = { prev: String(seq - 1).padStart(64, '0'), body: {}, ...more };
  const whole = { ...envelope, anchor: null, ...before } as never;
  return { lane: LANE, seq, hash, sig: `sig-${seq}`, event: whole };
}

const seqs = (events: readonly StoredEvent[]): number[] => events.map(({ seq }) => seq);

let request: SyncRequest;

beforeAll(async () => {
  request = {
    req_id: '1'.repeat(32),
    sent_at: 0,
    push: await pushOf([event(1)]),
    pull: pullOf(null),
    beacon: null,
    incidents: [],
  };
});

const SAID = { req_id: '1'.repeat(32), epoch: EPOCH, now: 0, anchor: null, lanes: [], took: null };

async function signed(page: string, said: object, secret = SECRET) {
  const lines = `${page}\n${JSON.stringify({ ...SAID, error: null, ...said })}`;
  return utf8(`${lines}\n${await hmac(secret, utf8(lines))}`);
}

const readIt = (bytes: Uint8Array<ArrayBuffer>) => readSync(bytes, request.req_id, SECRET);

test('it fills a batch to its limit and no further', () => {
  const unsent = Array.from({ length: 450 }, (_, at) => event(at + 1));

  expect(seqs(batchOf(unsent, 400))).toHaveLength(400);
  expect(seqs(batchOf(unsent, 3))).toEqual([1, 2, 3]);
});

test('it begins a new batch where the build changes, the lane, or a number is left out', () => {
  expect(seqs(batchOf([event(1), event(2, { app: 'pwa-2' })], 100))).toEqual([1]);
  expect(seqs(batchOf([event(1), { ...event(2), lane: 'b'.repeat(32) }], 100))).toEqual([1]);
  expect(seqs(batchOf([event(1), event(2), event(4)], 100))).toEqual([1, 2]);
});

test('it begins a new batch with a new key, and shows the key with it', async () => {
  const rotated = event(3, { kind: 'key.rotated', body: { public_key: 'point' } });
  const unsent = [event(1), event(2), rotated, event(4)];

  expect(seqs(batchOf(unsent, 100))).toEqual([1, 2]);
  expect(seqs(batchOf(unsent.slice(2), 100))).toEqual([3, 4]);
  expect(await pushOf([rotated])).toMatchObject({ new_key: 'point', first_seq: 3 });
  expect(await pushOf([event(4)])).not.toHaveProperty('new_key');
  expect(needsResume(unsent)).toBe(true);
});

test('it signs the plain bytes and sends them packed', async () => {
  const key = await makeKey();

  const { body, headers } = await letterOf(request, { identity: LI_WEI, key }, false);

  const plain = await unpacked(body);
  expect(JSON.parse(plain)).toEqual(request);
  const signature = fromBase64url((headers as Record<string, string>)['Doorstep-Signature'] ?? '');
  const scheme = { name: 'ECDSA', hash: 'SHA-256' };
  expect(await crypto.subtle.verify(scheme, key.publicKey, signature, utf8(plain))).toBe(true);
});

test('it proves itself with the secret of the enrolment when the key is gone', async () => {
  const { headers } = await letterOf(request, { identity: LI_WEI, key: null }, false);

  const mac = await hmac(SECRET, utf8(JSON.stringify(request)));
  expect(headers).toMatchObject({ 'Doorstep-Resume': mac, 'Doorstep-Device': 'device-1' });
  expect(headers).not.toHaveProperty('Doorstep-Signature');
});

test('it believes the answer of our server', async () => {
  await expect(readIt(await signed('null', {}))).resolves.toMatchObject({
    page: null,
    said: { epoch: EPOCH },
  });
});

test.each([
  ['a sign-in page that answers 200', '<html>Please sign in</html>', 'not_our_server'],
  ['nothing at all', '', 'not_our_server'],
  ['null', 'null', 'not_our_server'],
  ['JSON of somebody else', '{"status":"ok"}', 'not_our_server'],
  ['three lines of somebody else', 'null\n{}\nok', 'not_our_server'],
  ['three lines with a made-up mark', `null\n{}\n${'0'.repeat(64)}`, 'mac_wrong'],
])('it does not believe %s', async (_, text, code) => {
  await expect(readIt(utf8(text))).rejects.toMatchObject({ code });
});

test('it does not believe bytes that are no text', async () => {
  await expect(readIt(Uint8Array.of(0xff, 0xfe, 10, 10))).rejects.toThrow('not_our_server');
});

test('it does not believe an answer to another request', async () => {
  const other = await signed('null', { req_id: '2'.repeat(32) });

  await expect(readIt(other)).rejects.toThrow('not_our_server');
});

test('it does not believe the answer of another device, which has another secret', async () => {
  const other = await signed('null', {}, 'CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg');

  await expect(readIt(other)).rejects.toThrow('mac_wrong');
});

test('it believes no answer of which a byte was changed, wherever it was', async () => {
  const good = await signed('null', { epoch: 'a' });
  for (let at = 0; at < good.length; at += 1) {
    const bad = good.slice();
    bad[at]! ^= 1;
    await expect(readIt(bad), `byte ${at}`).rejects.toThrow();
  }
});

test('it believes no answer that was cut, wherever it was', async () => {
  const good = await signed('null', {});
  for (let length = 0; length < good.length; length += 1) {
    await expect(readIt(good.slice(0, length)), `${length} bytes`).rejects.toThrow();
  }
});

test('it reports a refusal by its code, and a broken gateway as such', () => {
  const refusal = { code: 'device_revoked', message: '这台设备已被停用。' };

  expect(() => readJson(answerOf(refusal, 403))).toThrow('device_revoked');
  expect(() => readJson(answerOf('<h1>502</h1>', 502))).toThrow('server_down');
  expect(() => readJson({ ...answerOf({ fine: 1 }), whole: false })).toThrow('no_signal');
});

test('it reads an offset, and believes nobody else\'s', () => {
  const read = (value: unknown, status = 200) => readOffset(answerOf(value, status), 100);

  expect(read({ upload_offset: 40, answered: true })).toEqual({ offset: 40, answered: true });
  expect(read({ code: 'x', upload_offset: 7 }, 409)).toEqual({ offset: 7, answered: false });
  expect(() => read('<html>')).toThrow('not_our_server');
  expect(() => read({ upload_offset: 101 })).toThrow('not_our_server');
  expect(() => read({ upload_offset: -1 })).toThrow('not_our_server');
  expect(() => read({ upload_offset: 'x' })).toThrow('not_our_server');
  expect(() => read({ code: 'server_busy' }, 503)).toThrow('server_busy');
});

test('it gives what was taken to the events by their places', () => {
  const took = [[2, 'applied', null, null, false], [1, 'parked', null, 'visit:v', true]] as const;

  expect(tookOf(took, ['a', 'b', 'c'])).toEqual([
    { hash: 'a', verdict: 'applied', reason: null, needs: null, tick: null },
    { hash: 'b', verdict: 'applied', reason: null, needs: null, tick: null },
    { hash: 'c', verdict: 'parked', reason: null, needs: 'visit:v', tick: null },
  ]);
});

test('it takes word of more events than were sent, or of fewer, for word of none', () => {
  const took = [[2, 'applied', null, null, false]] as const;

  expect(tookOf(took, ['a'])).toEqual([]);
  expect(tookOf(took, ['a', 'b', 'c'])).toEqual([]);
  expect(tookOf(null, [])).toEqual([]);
});

const PAGE = { verdicts: [], alone: [] } as unknown as WirePage;

test('it spreads a run of verdicts over its events, if the last of them is its own', () => {
  const log = [event(1), event(2), event(3)];
  const all = new Set(log.map(({ hash }) => hash));
  const run = (to: number, hash16: string) =>
    ({ ...PAGE, verdicts: [[LANE, [[1, to, hash16, 9, 'applied', null, null]]]] }) as WirePage;

  const known = verdictsOf(run(2, event(2).hash.slice(0, 16)), log, all);
  expect(known.map(({ hash, tick }) => [hash, tick])).toEqual([
    [event(1).hash, 9],
    [event(2).hash, 9],
  ]);
  expect(verdictsOf(run(2, 'f'.repeat(16)), log, all)).toEqual([]);
  expect(verdictsOf(run(4, event(4).hash.slice(0, 16)), log, all)).toEqual([]);
});

test('it takes of a copy of itself that went on the verdicts of what the server has', () => {
  const log = [event(1), event(2), event(3)];
  const runs = [[LANE, [[1, 5, event(5).hash.slice(0, 16), 9, 'applied', null, null]]]];
  const page = { ...PAGE, verdicts: runs } as unknown as WirePage;

  const known = verdictsOf(page, log, new Set([event(3).hash]));

  expect(known.map(({ hash }) => hash)).toEqual([event(1).hash, event(2).hash]);
});

test('it reads the verdict of an event beside the chain', () => {
  const { hash } = event(1);
  const said = [4, 'quarantined', 'unknown_case', null] as const;
  const alone = [[hash, ...said], ['somebody else', ...said]] as const;

  expect(verdictsOf({ ...PAGE, alone }, [event(1)], new Set())).toEqual([
    { hash, verdict: 'quarantined', reason: 'unknown_case', needs: null, tick: 4 },
  ]);
});

test('it packs what it sends so that nothing is said twice', async () => {
  const { push } = request;

  expect(Object.keys(push ?? {}).sort()).toEqual(
    ['actor', 'app', 'events', 'first_seq', 'lane', 'prev', 'sig', 'v'],
  );
  expect(fromUtf8(utf8(JSON.stringify(push?.events)))).not.toContain(LANE);
});
