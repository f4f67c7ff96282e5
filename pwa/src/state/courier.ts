/**
 * Records that somebody else carries: ours on another's phone, and another's on ours.
 *
 * A bundle can be read by the server alone, its acknowledgement by the phone that made the bundle.
 * Both may be lost, late or doubled: our own log decides what is still to be sent.
 */

import { hex } from '../device/bytes';
import { openAnswer, sealBundle } from '../device/seal';
import { Trouble } from '../device/trouble';
import { BUNDLE_BYTES_MAX, fromFile, kindOf, readAnswer, readBundle } from '../sync/bundle';
import { read, write } from '../store/db';
import type { StoredBundle, StoredEvent } from '../store/db';
import { BATCH_EVENTS_MAX, batchOf, pushOf, tookOf } from '../store/exchange';
import { putSaid } from '../store/feed';
import { acksAfter } from '../store/lanes';
import type { LaneSaid, Took } from '../store/wire';
import { lookAtBundles } from './bundles';
import type { Phone } from './phone';
import { credentialsOf, loadFeed } from './phone';

type Bytes = Uint8Array<ArrayBuffer>;

/** Some 90 kB; more records make a second bundle. */
const BUNDLE_EVENTS_MAX = 800;

/**
 * The outbox as bundles, usually one. What was made before is shown again as long as nothing has
 * been recorded since. Throws `nothing_unsent`, `no_server_key`, `not_enrolled`.
 */
export async function makeBundles(phone: Phone): Promise<readonly StoredBundle[]> {
  const unsent = phone.unsent.value;
  if (unsent.length === 0) throw new Trouble('nothing_unsent');
  const known = (await read(phone.db, 'bundles').getAll()).filter((one) => one.role === 'own');
  const made: StoredBundle[] = [];
  for (let at = 0; at < unsent.length; at += BUNDLE_EVENTS_MAX) {
    const part = unsent.slice(at, at + BUNDLE_EVENTS_MAX);
    const before = known.find((one) => one.bytes && isOf(one, part));
    made.push(before ?? (await makeBundle(phone, part)));
  }
  await write(phone.db, ['bundles'], async (stores) => {
    // An older one may be on its way: its record stays, so that its acknowledgement says more.
    const stale = known.filter((one) => one.bytes && !made.includes(one));
    for (const one of stale) await stores('bundles').put({ ...one, bytes: null });
    for (const one of made) await stores('bundles').put(one);
  });
  await lookAtBundles(phone);
  return made;
}

function isOf({ hashes }: StoredBundle, part: readonly StoredEvent[]): boolean {
  return hashes.flat().join() === part.map(({ hash }) => hash).join();
}

async function makeBundle(phone: Phone, part: readonly StoredEvent[]): Promise<StoredBundle> {
  const { identity } = credentialsOf(phone);
  const batches: object[] = [];
  const hashes: (readonly string[])[] = [];
  for (let rest = part; rest.length > 0; ) {
    const batch = batchOf(rest, BATCH_EVENTS_MAX);
    const push = await pushOf(batch);
    if (push) batches.push(push);
    hashes.push(batch.map(({ hash }) => hash));
    rest = rest.slice(batch.length);
  }
  const made_at = phone.clock.now();
  const content = { v: 1, device: identity.device, made_at, batches } as const;
  const { ack_secret: secret } = identity;
  const by = { serverKey: serverKeyOf(phone), secret, random: phone.clock.random };
  const bytes = await sealBundle(content, part.length, by);
  if (bytes.length > BUNDLE_BYTES_MAX) throw new Trouble('bundle_too_large');
  const { id } = await readBundle(bytes);
  return {
    id: hex(id), role: 'own', bytes, count: part.length, size: bytes.length, at: made_at,
    state: 'waiting', code: null, ack: null, hashes,
  };
}

/** The newest key that the server has told of: in our own row, else from the enrolment. */
function serverKeyOf(phone: Phone): string {
  const [me] = phone.rows.value.get('me')?.values() ?? [];
  const key = me?.row.server_key ?? credentialsOf(phone).identity.server_key;
  if (typeof key !== 'string') throw new Trouble('no_server_key');
  return key;
}

/** What was taken: a colleague's bundle, or the acknowledgement of one of ours. */
export interface Taken {
  readonly kind: 'bundle' | 'ack' | 'ack_for_other';
  readonly bundle: StoredBundle | null;
}

/** Take in what a camera or a file has brought. Refuses what is nothing of ours, or not whole. */
export async function takeIn(phone: Phone, given: Bytes): Promise<Taken> {
  const bytes = fromFile(given);
  if (kindOf(bytes) === 2) return takeAnswer(phone, bytes);
  const { id, count } = await readBundle(bytes);
  const name = hex(id);
  const known = await read(phone.db, 'bundles').get(name);
  if (known) return { kind: 'bundle', bundle: known };
  const bundle: StoredBundle = {
    id: name, role: 'carried', bytes, count, size: bytes.length, at: phone.clock.now(),
    state: 'waiting', code: null, ack: null, hashes: [],
  };
  await write(phone.db, ['bundles'], (stores) => stores('bundles').add(bundle));
  await lookAtBundles(phone);
  return { kind: 'bundle', bundle };
}

/** What an acknowledgement says, once it is open: docs/courier.md 3. */
interface Told {
  readonly epoch: string;
  readonly lanes: readonly LaneSaid[];
  readonly took: readonly (Took | null)[];
}

/**
 * Our own: the records it proves are acknowledged. A colleague's: it is kept, to be shown to her.
 *
 * What another history of the server has said is worth nothing in this one, and which of the two
 * is the newer cannot be known here: `ack_other_epoch`, and everything stays to be sent.
 */
async function takeAnswer(phone: Phone, bytes: Bytes): Promise<Taken> {
  const { id } = await readAnswer(bytes);
  const known = (await read(phone.db, 'bundles').get(hex(id))) ?? null;
  if (known?.role === 'carried') {
    // Nobody but her can tell whether it is true, so ours still goes to the server.
    const bundle = { ...known, ack: known.ack ?? bytes };
    await write(phone.db, ['bundles'], (stores) => stores('bundles').put(bundle));
    await lookAtBundles(phone);
    return { kind: 'ack_for_other', bundle };
  }
  const told = (await openAnswer(bytes, credentialsOf(phone).identity.ack_secret)) as Told;
  await absorbAnswer(phone, told, known);
  await Promise.all([loadFeed(phone), lookAtBundles(phone)]);
  return { kind: 'ack', bundle: known };
}

async function absorbAnswer(phone: Phone, told: Told, known: StoredBundle | null): Promise<void> {
  const before = phone.acks.value;
  const { epoch, lanes } = told;
  if (before.epoch !== '' && before.epoch !== epoch) throw new Trouble('ack_other_epoch');
  // After a wipe there is no record of what was in it: then the heads of the lanes alone count.
  const said = (known?.hashes ?? []).flatMap((hashes, at) => {
    return tookOf(told.took[at] ?? null, hashes);
  });
  const heard = { epoch, lanes, took: said.map(({ hash }) => hash) };
  const acks = acksAfter(before, heard, phone.log.value);
  await write(phone.db, ['meta', 'verdicts', 'bundles'], async (stores) => {
    await stores('meta').put(acks, 'acks');
    for (const verdict of said) await putSaid(stores, verdict);
    if (known) await stores('bundles').put({ ...known, state: 'delivered', bytes: null });
  });
}
