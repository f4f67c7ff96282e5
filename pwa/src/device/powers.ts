/** What this browser can do, and what it has promised. Asked by trying, never by its name. */

import { signal } from '@preact/signals-core';

/** WeChat's own browser keeps our storage with its cache and clears both: no recording there. */
export const isInWeChat = (): boolean => /MicroMessenger/i.test(navigator.userAgent);

/** Everything the app cannot be without: Chromium 114, Safari 16.4 have all of it. */
export function isMissing(): readonly string[] {
  const needed = {
    https: isSecureContext,
    indexedDB: 'indexedDB' in globalThis,
    serviceWorker: 'serviceWorker' in navigator,
    getDirectory: 'getDirectory' in (navigator.storage ?? {}),
    locks: 'locks' in navigator,
    CompressionStream: 'CompressionStream' in globalThis,
    isWellFormed: 'isWellFormed' in String.prototype,
  };
  return Object.entries(needed).flatMap(([name, there]) => (there ? [] : name));
}

/** False when the browser knows that there is no network; true means little. */
export const isOnline = (): boolean => navigator.onLine;

/** Asks the browser not to clear our storage. It may want a reason: installed, bookmarked. */
export async function askToPersist(): Promise<boolean> {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}

/** Chromium takes permission to notify as a sign that the officer means it. */
export async function askToNotify(): Promise<void> {
  if ('Notification' in globalThis) await Notification.requestPermission();
}

/** An install prompt that the browser has offered and we have kept for the gate's button. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

let offer: InstallOffer | null = null;

export function keepInstallOffer(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer = event as InstallOffer;
  });
}

export async function install(): Promise<void> {
  await offer?.prompt();
}

/** Starts the service worker. The app works without it until it is closed. */
export async function startShell(): Promise<void> {
  await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
}

/** The shell lies on this phone: it opens without any signal. */
export const opensOffline = signal(false);

/** A newer build waits; it takes over when the app is started next. */
export const isFresh = signal(false);

export async function lookAtShell(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  opensOffline.value = Boolean(registration?.active);
  isFresh.value = Boolean(registration?.waiting);
}
