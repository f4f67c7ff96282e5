/** Photos on their way. Method: a small server that keeps pieces, behind a line that breaks. */

import { beforeEach, expect, test } from 'vitest';
import { sha256, utf8 } from '../device/bytes';
import type { Ask } from '../device/line';
import { Trouble } from '../device/trouble';
import { read } from '../store/db';
import { emptyStorage } from '../store/testing';
import { answerOf, aVisit, enrolledPhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { FakeServer } from '../testing/server';
import { PIECE_BYTES } from './photos';
import { record } from './record';
import { makeSync } from './sync';

let bench: Bench;
let server: FakeServer;

const BYTES = Uint8Array.from({ length: 180_000 }, (_, index) => (index * 7) % 251);

beforeEach(async () => {
  emptyStorage();
  bench = await enrolledPhone();
  server = new FakeServer();
  bench.line = server.line;
});

async function takePhoto(bytes = BYTES, sum?: string): Promise<string> {
  const photo = { sha256: sum ?? (await sha256(bytes)), bytes, media_type: 'image/jpeg' };
  const paper = { sha256: photo.sha256, size: bytes.length, media_type: 'image/jpeg' };
  const body = { ...paper, role: 'notice_photo', about: null, taken_at: null };
  await record(bench.phone, { facts: [{ kind: 'attachment.added', body }], photo, lines: [] });
  return photo.sha256;
}

async function run(): Promise<string | null> {
  const sync = makeSync(bench.phone);
  await sync.run();
  return sync.state.value.code;
}

const asked = (method: string): Ask[] => server.asks.filter((ask) => ask.method === method);
const pieces = () => asked('PATCH').map(({ body }) => body?.length ?? 0);
const states = () => bench.phone.photos.value.map(({ state }) => state);

test('it sends a photo after the event that names it, once, in pieces that grow', async () => {
  const sum = await takePhoto();

  expect(await run()).toBeNull();
  expect(await run()).toBeNull();

  expect(pieces()).toEqual([16_384, 65_536, 98_080]);
  expect(server.photos.get(sum)).toEqual(BYTES);
  expect(states()).toEqual(['stored']);
  expect(asked('PATCH')[0]?.headers).toMatchObject({
    'Tus-Resumable': '1.0.0',
    'Content-Type': 'application/offset+octet-stream',
    'Upload-Offset': '0',
  });
});

test('it signs what it asks: method, place, offset and the sum of the piece', async () => {
  const sum = await takePhoto();
  await run();

  for (const { method, headers } of [...asked('HEAD'), ...asked('PATCH')]) {
    const [, checksum] = (headers['Upload-Checksum'] ?? '').split(' ');
    const tail = method === 'PATCH' ? ` ${headers['Upload-Offset']} ${checksum}` : '';
    const words = utf8(`${method} /v1/attachments/${sum}${tail}`);
    const letters = (headers['Doorstep-Signature'] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const signature = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
    const key = bench.phone.key?.publicKey as CryptoKey;
    const how = { name: 'ECDSA', hash: 'SHA-256' };
    expect(await crypto.subtle.verify(how, key, signature, words), method).toBe(true);
  }
});

test('it goes on where the line broke, with small pieces', async () => {
  const sum = await takePhoto();
  server.cutUp = 20_000;
  expect(await run()).toBe('no_signal');
  const came = server.photos.get(sum)?.length;
  server.cutUp = Infinity;

  expect(await run()).toBeNull();

  expect(came).toBe(16_384 + 20_000);
  expect(server.photos.get(sum)).toEqual(BYTES);
  const [, , first] = asked('PATCH');
  expect(first?.headers['Upload-Offset']).toBe(String(came));
  expect(first?.body?.length).toBe(PIECE_BYTES);
});

test('it sends small pieces while they are slow', async () => {
  await takePhoto();
  bench.line = async (ask) => {
    bench.clock.at += ask.method === 'PATCH' ? 4_000 : 0;
    return server.line(ask);
  };

  await run();

  expect(new Set(pieces().slice(0, -1))).toEqual(new Set([PIECE_BYTES]));
});

test('it holds I27: what is recorded meanwhile goes before the rest of a photo', async () => {
  const sum = await takePhoto();
  bench.line = async (ask) => {
    const answer = await server.line(ask);
    if (pieces().length === 1 && ask.method === 'PATCH') {
      await record(bench.phone, { facts: [aVisit('W02')], lines: [] });
    }
    return answer;
  };

  expect(await run()).toBeNull();

  const order = server.asks.map(({ method }) => method);
  expect(order).toEqual(['POST', 'HEAD', 'PATCH', 'POST', 'HEAD', 'PATCH', 'PATCH', 'PATCH']);
  expect(bench.phone.unsent.value).toEqual([]);
  expect(server.photos.get(sum)).toEqual(BYTES);
});

test('it holds I27: events are done, and said to be, though no photo gets through', async () => {
  await takePhoto();
  bench.line = async (ask) => {
    if (ask.method !== 'POST') throw new Trouble('no_signal');
    return server.line(ask);
  };

  expect(await run()).toBe('no_signal');

  expect(bench.phone.unsent.value).toEqual([]);
  expect(bench.phone.last.value.done_at).toBe(bench.clock.at);
  expect(states()).toEqual(['waiting']);
});

test('it waits while no event on the server names the photo (peers 6)', async () => {
  await takePhoto();
  bench.line = async (ask) => {
    server.photoSizes.clear();
    return server.line(ask);
  };

  expect(await run()).toBeNull();

  expect(pieces()).toEqual([]);
  expect(states()).toEqual(['waiting']);
});

const refusing = (status: number, code: string) => {
  bench.line = async (ask) => {
    if (ask.method !== 'PATCH') return server.line(ask);
    server.asks.push(ask);
    return { ...answerOf({ code }), status };
  };
};

test('it tries again what was changed on the way, and gives up what is spoilt here', async () => {
  await takePhoto();
  refusing(422, 'attachment_hash_mismatch');
  expect(await run()).toBeNull();
  expect(states()).toEqual(['waiting']);

  await takePhoto(utf8('other'), 'c'.repeat(64));
  expect(await run()).toBeNull();
  expect(states().sort()).toEqual(['refused', 'waiting']);
});

test('it keeps a photo when the server asks it to come tomorrow', async () => {
  await takePhoto();
  refusing(429, 'photos_too_many');

  expect(await run()).toBe('photos_too_many');
  expect(states()).toEqual(['waiting']);
});

test('it shows what the server does not take for a picture', async () => {
  server.photoState = 'quarantined';
  await takePhoto();

  await run();

  expect(states()).toEqual(['quarantined']);
});

test('it believes nobody else (I25): a page of a hotel moves nothing', async () => {
  await takePhoto();
  bench.line = async (ask) => {
    if (ask.method === 'POST') return server.line(ask);
    return { status: 200, headers: {}, bytes: utf8('<html>'), whole: true };
  };

  expect(await run()).toBe('not_our_server');
  expect(states()).toEqual(['waiting']);
});

test('it holds I17: bytes are forgotten once they and their event are archived', async () => {
  await takePhoto();
  await takePhoto(utf8('a small one'));
  await run();
  const stored = () => read(bench.phone.db, 'blobs').getAll();

  await run();
  expect(asked('HEAD')).toHaveLength(2);
  expect(await stored()).toHaveLength(2);

  const { lane, seq } = bench.phone.log.value.at(-1)!;
  server.archived = { [lane]: seq };
  await run();
  expect(asked('HEAD')).toHaveLength(3);
  expect(await stored()).toHaveLength(2);

  server.photosArchived = true;
  await run();
  expect(await stored()).toEqual([]);
  expect(bench.phone.photos.value).toEqual([]);
  expect(bench.phone.log.value).toHaveLength(3);
});
