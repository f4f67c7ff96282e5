/** At the start: what has this phone lost, and what must it make anew before it goes on? */

import { missingFrom, readSentinel } from './memory';
import type { Phone } from './phone';
import { report, tell } from './phone';
import { laneOf, save } from './record';

/** What the journal gave back is told; what nobody can give back is told, and where it shows. */
export async function lookBack(phone: Phone, restored: number): Promise<void> {
  if (restored > 0) await report(phone, { kind: 'restored', details: { records: restored } });
  const missing = missingFrom(phone.log.value, readSentinel(phone.sentinel.read()));
  if (!missing) return;
  // The numbers behind are used already: what is recorded now begins a lane of its own.
  phone.forked = laneOf(phone);
  await report(phone, { kind: 'lost_some', details: { lane: phone.forked, ...missing } });
  await tell(phone, { kind: 'lost_some', ...missing });
}

/** After a wipe the key is gone, after a loss the lane: the first event of the new one goes in. */
export async function beginAgain(phone: Phone): Promise<void> {
  if (!phone.key) await save(phone, { facts: [], lines: [] });
  if (phone.forked !== null) await save(phone, { facts: [], lines: [] });
}
