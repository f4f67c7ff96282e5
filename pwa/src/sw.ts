/** The service worker: serves the app shell from the phone. It never touches facts. */
declare const self: ServiceWorkerGlobalScope;
declare const __BUILD__: string;
declare const __SHELL__: readonly string[];

const SHELL = `shell-${__BUILD__}`;

self.addEventListener('install', (event) => {
  const fresh = __SHELL__.map((path) => new Request(path, { cache: 'reload' }));
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(fresh)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOldShells());
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  // The office's pages and the exchange with the server are none of our business.
  if (url.pathname.startsWith('/v1/') || url.pathname.startsWith('/console')) return;
  event.respondWith(fromShell(event.request, url));
});

async function fromShell(request: Request, url: URL): Promise<Response> {
  const own = await caches.open(SHELL);
  const wanted = request.mode === 'navigate' && url.pathname === '/' ? '/' : request;
  // The server says `Vary`, and asks for a fresh copy of the page: neither counts offline.
  return (await own.match(wanted, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request);
}

async function forgetOldShells(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name)));
}

export {};
