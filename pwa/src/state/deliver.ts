/** What we carry for colleagues goes up after our own records; the answers are kept for them. */

import { fromBase64url, hmac, utf8 } from '../device/bytes';
import { codeOf, Trouble } from '../device/trouble';
import { readJson } from '../store/answers';
import { read, write } from '../store/db';
import type { StoredBundle } from '../store/db';
import { proofOf } from '../store/exchange';
import { lookAtBundles } from './bundles';
import type { Phone } from './phone';
import { credentialsOf } from './phone';

interface Said {
  readonly bundle?: string;
  readonly ack?: string | null;
  readonly mark?: string;
  /** Why the server could only keep it. */
  readonly code?: string;
}

/** The server says that this is no bundle, and will not say anything else tomorrow. */
const HOPELESS = ['bundle_invalid', 'body_too_large'];

/** Bring every bundle that waits. Never throws: a colleague's bundle holds up nothing of ours. */
export async function deliverCarried(phone: Phone): Promise<void> {
  const all = await read(phone.db, 'bundles').getAll();
  const waiting = all.filter(({ role, state }) => role === 'carried' && state === 'waiting');
  for (const bundle of waiting) {
    try {
      await keepFate(phone, { ...bundle, ...(await deliver(phone, bundle)) });
    } catch (error) {
      if (!HOPELESS.includes(codeOf(error))) return;
      await keepFate(phone, { ...bundle, state: 'kept', code: codeOf(error) });
    }
  }
}

async function keepFate(phone: Phone, bundle: StoredBundle): Promise<void> {
  await write(phone.db, ['bundles'], (stores) => stores('bundles').put(bundle));
  await lookAtBundles(phone);
}

/** Status 200 is no proof: what was delivered is what our own secret has marked. */
async function deliver(phone: Phone, { id, bytes }: StoredBundle): Promise<Partial<StoredBundle>> {
  const who = credentialsOf(phone);
  const body = bytes ?? new Uint8Array();
  const proof = await proofOf(who, body, !who.key);
  const headers = { 'Content-Type': 'application/octet-stream', ...proof };
  const answer = await phone.line({ method: 'POST', path: '/v1/courier', body, headers });
  const said = readJson(answer) as Said;
  const words = utf8(`${id}|${said.ack ?? ''}`);
  if (said.bundle !== id || said.mark !== (await hmac(who.identity.ack_secret, words))) {
    throw new Trouble('mac_wrong');
  }
  if (!said.ack) return { state: 'kept', code: said.code ?? null, bytes: null };
  return { state: 'delivered', ack: fromBase64url(said.ack), bytes: null };
}
