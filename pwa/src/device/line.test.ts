/** The line. Method: a connection that answers in parts, breaks, falls silent or never begins. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fromUtf8, utf8 } from './bytes';
import { clock } from './clock';
import { FIRST_BYTE_MS, lineOf, SILENCE_MS, TOTAL_MS } from './line';
import type { Ask } from './line';

const line = lineOf(clock);
const ASK: Ask = { method: 'POST', path: '/v1/sync', body: utf8('up'), headers: {} };

interface Wire {
  send(text: string): void;
  end(): void;
  cut(): void;
}

/** Answers the next request with a body that the test sends part by part. */
function wire(headers: Record<string, string> = {}, status = 200): Wire {
  let out: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (out = controller) });
  vi.stubGlobal('fetch', async (_: string, { signal }: RequestInit) => {
    signal?.addEventListener('abort', () => {
      try {
        out.error(new DOMException('stopped', 'AbortError'));
      } catch {
        // It had ended.
      }
    });
    return new Response(body, { status, headers });
  });
  return {
    send: (text) => out.enqueue(utf8(text)),
    end: () => out.close(),
    cut: () => out.error(new TypeError('network error')),
  };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('it gives status, bytes and the few headers that are read', async () => {
  const far = wire({ 'Retry-After': '7', 'Doorstep-Length': '900', 'X-Else': 'x' }, 503);
  const asked = line(ASK);
  far.send('hel');
  far.send('lo');
  far.end();

  const { bytes, ...head } = await asked;

  expect(fromUtf8(bytes)).toBe('hello');
  const headers = { 'retry-after': '7', 'doorstep-length': '900' };
  expect(head).toEqual({ status: 503, headers, whole: true });
});

test('it gives what had come when the connection breaks', async () => {
  const far = wire();
  const asked = line(ASK);
  far.send('half an ');
  await vi.advanceTimersByTimeAsync(10);
  far.cut();

  const answer = await asked;

  expect(answer.whole).toBe(false);
  expect(fromUtf8(answer.bytes)).toBe('half an ');
});

test('it has no signal when nothing came before the break', async () => {
  const far = wire();
  const asked = line(ASK);
  far.cut();

  await expect(asked).rejects.toMatchObject({ code: 'no_signal' });
});

test('it asks again at once when a kept connection had died, and no more than twice', async () => {
  let asked = 0;
  vi.stubGlobal('fetch', async () => {
    asked += 1;
    if (asked % 3) throw new TypeError('connection reset');
    return new Response('hello');
  });

  expect(fromUtf8((await line(ASK)).bytes)).toBe('hello');
  expect(asked).toBe(3);

  vi.stubGlobal('fetch', async () => {
    asked += 1;
    throw new TypeError('no network');
  });
  await expect(line(ASK)).rejects.toMatchObject({ code: 'no_signal' });
  expect(asked).toBe(6);
});

test('it does not wait for a first byte for ever', async () => {
  vi.stubGlobal('fetch', () => new Promise(() => undefined));
  const asked = line(ASK);
  const refused = expect(asked).rejects.toMatchObject({ code: 'too_slow' });

  await vi.advanceTimersByTimeAsync(FIRST_BYTE_MS + 2);

  await refused;
});

test('it gives a large body the time that it takes at 8 kbit/s', async () => {
  vi.stubGlobal('fetch', () => new Promise(() => undefined));
  let code = '';
  const body = new Uint8Array(30_000);
  const asked = line({ ...ASK, body }).catch((error) => (code = error.code));

  await vi.advanceTimersByTimeAsync(FIRST_BYTE_MS + 29_000);
  expect(code).toBe('');
  await vi.advanceTimersByTimeAsync(2_000);
  await asked;
  expect(code).toBe('too_slow');
});

test('it stays as long as bytes flow, however slowly', async () => {
  const far = wire();
  const asked = line(ASK);
  for (let part = 0; part < 10; part += 1) {
    far.send('.');
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 1_000);
  }
  far.end();

  expect(fromUtf8((await asked).bytes)).toBe('.'.repeat(10));
});

test('it gives up a line that has fallen silent, with what had come', async () => {
  const far = wire();
  const asked = line(ASK);
  far.send('half');
  await vi.advanceTimersByTimeAsync(SILENCE_MS + 1);

  expect(await asked).toMatchObject({ whole: false, bytes: utf8('half') });
});

test('it ends at the limit of the whole, even while bytes flow', async () => {
  const far = wire();
  const asked = line(ASK);
  let sent = 0;
  while (sent * 10_000 < TOTAL_MS + 10_000) {
    try {
      far.send('.');
    } catch {
      break;
    }
    sent += 1;
    await vi.advanceTimersByTimeAsync(10_000);
  }

  const answer = await asked;

  expect(answer.whole).toBe(false);
  expect(answer.bytes.length).toBeLessThanOrEqual(TOTAL_MS / 10_000 + 1);
});

test('it tells of each part of a good answer as it comes, and of no other', async () => {
  const seen: string[] = [];
  const onPart = (part: Uint8Array<ArrayBuffer>) => seen.push(fromUtf8(part));
  const good = wire();
  const first = line({ ...ASK, onPart });
  good.send('a');
  good.send('b');
  good.end();
  await first;
  const bad = wire({}, 500);
  const second = line({ ...ASK, onPart });
  bad.send('c');
  bad.end();
  await second;

  expect(seen).toEqual(['a', 'b']);
});
