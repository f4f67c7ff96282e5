/** The bundles on this phone, made and taken, as the screens show them. */

import { signal } from '@preact/signals-core';
import { read, write } from '../store/db';
import type { StoredBundle } from '../store/db';
import type { Phone } from './phone';

/** What was carried and what was made is shown for so long, and then forgotten. */
const SHOWN_MS = 30 * 86_400_000;

/** Everything that was made or taken here, the newest first; null before the first look. */
export const bundles = signal<readonly StoredBundle[] | null>(null);

export async function lookAtBundles(phone: Phone): Promise<void> {
  const all = await read(phone.db, 'bundles').getAll();
  const old = all.filter(({ at, state }) => {
    return state !== 'waiting' && at < phone.clock.now() - SHOWN_MS;
  });
  for (const { id } of old) {
    await write(phone.db, ['bundles'], (stores) => stores('bundles').delete(id));
  }
  bundles.value = all.filter((one) => !old.includes(one)).sort((a, b) => b.at - a.at);
}
