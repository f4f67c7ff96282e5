/** One request and its answer. Method: answers of our server, and of everybody else's. */

import { expect, test } from 'vitest';
import { fromBase64url, fromUtf8, hmac, sha256, utf8 } from '../device/bytes';
import { makeKey } from '../device/keys';
import { answerOf, EPOCH, LANE, LI_WEI, SECRET } from '../testing/fakes';
import { ZERO_HASH } from '../sync/events';
import type { StoredEvent, StoredRow } from './db';
import {
  ackOf,
  agrees,
  askSync,
  batchOf,
  needsResume,
  pullOf,
  pushOf,
  readJson,
  readSync,
} from './exchange';
import { noAck } from './recover';
import type { SyncAnswer, SyncRequest } from './wire';

function event(seq: number, more: Partial<StoredEvent['event']> = {}): StoredEvent {
  const envelope = { seq, lane: LANE, kind: 'visit.started', actor: 'officer-1', app: 'pwa-1' };
  const hash = String(seq).padStart(64, '0');
  const before = { prev: String(seq - 1).padStart(64, '0'), body: {}, ...more };
  return { lane: LANE, seq, hash, sig: `sig-${seq}`, event: { ...envelope, ...before } as never };
}

const seqs = (events: readonly StoredEvent[]): number[] => events.map(({ seq }) => seq);

const REQUEST: SyncRequest = {
  req_id: '1'.repeat(32),
  sent_at: 0,
  push: pushOf([event(1)]),
  pull: pullOf(null),
};

async function answer(more: Partial<SyncAnswer> = {}, secret = SECRET): Promise<SyncAnswer> {
  const claim = [LANE, 1, event(1).hash, EPOCH, REQUEST.req_id].join('|');
  const mac = await hmac(secret, utf8(claim));
  return {
    req_id: REQUEST.req_id,
    epoch: EPOCH,
    now: 0,
    anchor: null,
    ack: { lane: LANE, head_seq: 1, head_hash: event(1).hash, mac },
    verdicts: [],
    pull: null,
    ...more,
  };
}

const said = answerOf;

test('it fills a batch to its limit and no further', () => {
  const unsent = Array.from({ length: 250 }, (_, at) => event(at + 1));

  expect(seqs(batchOf(unsent, 100))).toHaveLength(100);
  expect(seqs(batchOf(unsent, 3))).toEqual([1, 2, 3]);
});

test('it begins a new batch where the build changes', () => {
  expect(seqs(batchOf([event(1), event(2, { app: 'pwa-2' })], 100))).toEqual([1]);
});

test('it begins a new batch with a new key, and shows the key with it', () => {
  const rotated = event(3, { kind: 'key.rotated', body: { public_key: 'point' } });
  const unsent = [event(1), event(2), rotated, event(4)];

  expect(seqs(batchOf(unsent, 100))).toEqual([1, 2]);
  expect(seqs(batchOf(unsent.slice(2), 100))).toEqual([3, 4]);
  expect(pushOf([rotated])).toMatchObject({ new_key: 'point', first_seq: 3 });
  expect(pushOf([event(4)])).not.toHaveProperty('new_key');
  expect(needsResume(unsent)).toBe(true);
});

test('it signs the plain bytes and sends them packed', async () => {
  const key = await makeKey();

  const ask = await askSync(REQUEST, { identity: LI_WEI, key }, false);

  const stream = new Blob([ask.body!]).stream().pipeThrough(new DecompressionStream('gzip'));
  const plain = new Uint8Array(await new Response(stream).arrayBuffer());
  expect(JSON.parse(fromUtf8(plain))).toEqual(REQUEST);
  const signature = fromBase64url(ask.headers['Doorstep-Signature'] ?? '');
  const scheme = { name: 'ECDSA', hash: 'SHA-256' };
  expect(await crypto.subtle.verify(scheme, key.publicKey, signature, plain)).toBe(true);
});

test('it proves itself with the secret of the enrolment when the key is gone', async () => {
  const ask = await askSync(REQUEST, { identity: LI_WEI, key: null }, false);

  const mac = await hmac(SECRET, utf8(JSON.stringify(REQUEST)));
  expect(ask.headers).toMatchObject({ 'Doorstep-Resume': mac, 'Doorstep-Device': 'device-1' });
  expect(ask.headers).not.toHaveProperty('Doorstep-Signature');
});

test('it believes the answer of our server', async () => {
  await expect(readSync(said(await answer()), REQUEST, SECRET)).resolves.toMatchObject({
    epoch: EPOCH,
  });
});

test.each([
  ['a sign-in page that answers 200', '<html>Please sign in</html>', 'not_our_server'],
  ['nothing at all', '', 'not_our_server'],
  ['null', 'null', 'not_our_server'],
  ['JSON of somebody else', '{"status":"ok"}', 'not_our_server'],
])('it does not believe %s', async (_, text, code) => {
  await expect(readSync(said(text), REQUEST, SECRET)).rejects.toMatchObject({ code });
});

test('it does not believe an answer to another request', async () => {
  const other = await answer({ req_id: '2'.repeat(32) });

  await expect(readSync(said(other), REQUEST, SECRET)).rejects.toThrow('not_our_server');
});

test('it does not believe a wrong MAC, nor a push without an acknowledgement', async () => {
  const forged = await answer({}, 'CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg');

  await expect(readSync(said(forged), REQUEST, SECRET)).rejects.toThrow('mac_wrong');
  const silent = await answer({ ack: null });
  await expect(readSync(said(silent), REQUEST, SECRET)).rejects.toThrow('mac_wrong');
});

test('it reports a refusal by its code, and a broken gateway as such', () => {
  const refusal = { code: 'device_revoked', message: '这台设备已被停用。' };

  expect(() => readJson(said(refusal, 403))).toThrow('device_revoked');
  expect(() => readJson(said('<h1>502</h1>', 502))).toThrow('server_down');
});

test('it acknowledges by hash, never by number alone', async () => {
  const ours = [event(1)];

  expect(ackOf(await answer(), noAck(), ours)).toMatchObject({ seq: 1, hash: event(1).hash });
  const fork = { ...(await answer()), ack: { lane: LANE, head_seq: 1, head_hash: 'f', mac: '' } };
  expect(() => ackOf(fork, noAck(), ours)).toThrow('lane_forked');
});

test('it forgets what a server of another history had acknowledged', async () => {
  const known = { epoch: 'epoch-0', seq: 7, hash: '7'.repeat(64) };
  const empty = await answer({ ack: null });

  expect(ackOf(empty, known, [])).toEqual({ epoch: EPOCH, seq: 0, hash: ZERO_HASH });
  expect(ackOf(await answer(), known, [event(1)])).toMatchObject({ seq: 1 });
});

test('it takes no step back within one history', async () => {
  const known = { epoch: EPOCH, seq: 3, hash: event(3).hash };

  expect(ackOf(await answer(), known, [event(1), event(2), event(3)])).toBeNull();
});

test('it compares rows by content, and sees one changed byte', async () => {
  const row = (eid: string, sum: string): StoredRow => {
    return { etype: 'loan', eid, tick: 1, row: {}, sum };
  };
  const digest = { loan: await sha256(utf8('L1:aa\nL2:bb\n')) };

  expect(await agrees(digest, [row('L2', 'bb'), row('L1', 'aa')])).toBe(true);
  expect(await agrees(digest, [row('L2', 'bc'), row('L1', 'aa')])).toBe(false);
  expect(await agrees(digest, [row('L1', 'aa')])).toBe(false);
  expect(await agrees(null, [row('L1', 'aa')])).toBe(true);
});
