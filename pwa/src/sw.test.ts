/** The service worker. Method: its source is read; it is run with a cache and a line of ours. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import source from './sw.ts?raw';

type Handler = (event: unknown) => void;

const handlers = new Map<string, Handler>();
const cached = new Map<string, string>();

beforeEach(async () => {
  vi.resetModules();
  handlers.clear();
  cached.clear();
  const cache = {
    addAll: async (requests: Request[]) => requests.forEach(({ url }) => cached.set(url, 'shell')),
    match: async (wanted: Request | string) => {
      const url = typeof wanted === 'string' ? new URL(wanted, location.href).href : wanted.url;
      return cached.has(url) ? new Response(cached.get(url)) : undefined;
    },
  };
  vi.stubGlobal('self', {
    addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
  });
  vi.stubGlobal('caches', { open: async () => cache, keys: async () => [], delete: vi.fn() });
  vi.stubGlobal('__BUILD__', 'b1');
  vi.stubGlobal('__SHELL__', ['http://localhost:3000/', 'http://localhost:3000/assets/a.js']);
  vi.stubGlobal('location', new URL('http://localhost:3000/'));
  vi.stubGlobal('fetch', async () => new Response('network'));
  await import('./sw');
});

afterEach(() => vi.unstubAllGlobals());

/** What the worker answers; null when it leaves the request to the browser. */
async function asked(path: string, init: RequestInit = {}): Promise<string | null> {
  let answer: Promise<Response> | null = null;
  const request = new Request(`http://localhost:3000${path}`, init);
  handlers.get('fetch')?.({ request, respondWith: (given: Promise<Response>) => (answer = given) });
  return answer && (await (await answer as Response).text());
}

test('it knows nothing of records: it imports nothing, and names no store', () => {
  expect(source).not.toMatch(/\bimport\b(?!\.meta)/);
  expect(source).not.toMatch(/indexedDB|IDB|getDirectory|sync'|periodicsync|skipWaiting/);
});

test('it listens to nothing but its own life and to requests (peers 21)', () => {
  expect([...handlers.keys()].sort()).toEqual(['activate', 'fetch', 'install']);
});

test.each([
  ['/v1/sync', { method: 'POST', body: 'x' }],
  ['/v1/sync', {}],
  ['/v1/answer', {}],
  ['/v1/attachments/abc', { method: 'PUT', body: 'x' }],
  ['/console/day', {}],
  ['/', { method: 'POST', body: 'x' }],
])('it leaves %s alone', async (path, init) => {
  expect(await asked(path, init)).toBeNull();
});

test('it gives the shell from the phone, and the rest from the network', async () => {
  let installed: Promise<unknown> = Promise.resolve();
  handlers.get('install')?.({ waitUntil: (work: Promise<unknown>) => (installed = work) });
  await installed;

  expect(await asked('/assets/a.js')).toBe('shell');
  expect(await asked('/assets/other.js')).toBe('network');
});
