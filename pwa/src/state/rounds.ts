/**
 * The exchange with the server, round by round, until nothing is left to say on either side.
 *
 * No screen needs it to be drawn, so it is loaded behind the first one (decision 0011).
 */

import { hex, utf8 } from '../device/bytes';
import { codeOf, Trouble } from '../device/trouble';
import {
  BATCH_EVENTS_MAX,
  batchOf,
  letterOf,
  pageOf,
  proofOf,
  pullOf,
  pushOf,
  readSync,
  tookOf,
} from '../store/exchange';
import { absorb, cursorOf } from '../store/feed';
import { acksAfter, factsAfter, isForked, needsResume, unsentIn } from '../store/lanes';
import type { Acks } from '../store/meta';
import { drop, keep, metaOf } from '../store/meta';
import type { Copy } from '../store/recover';
import { differing, repairOf } from '../store/repair';
import { carry, TRANSFER_MS_MAX, transferOf } from '../store/transfer';
import type { Transfer } from '../store/transfer';
import type { Beacon, Repair, Said, SyncAnswer, SyncRequest } from '../store/wire';
import { handFen } from '../sync/custody';
import { deliverCarried } from './deliver';
import { beginAgain } from './look-back';
import { sendPhotos } from './photos';
import type { Phone } from './phone';
import { credentialsOf, loadFeed, report, tell } from './phone';
import { laneOf } from './record';
import { ownEvents } from './view';

/** One run never goes on for ever, whatever the server says. 200 batches are 80,000 events. */
const ROUNDS_MAX = 200;

/** What one run remembers from request to request. */
interface Run {
  /** Events in one batch; less after the server found one too much. */
  limit: number;
  /** What the next request asks with, to find out which rows differ. */
  repair: Repair | null;
  /** Both are tried once, and not for ever: a repair, and all rows from the start. */
  repaired: boolean;
  restarted: boolean;
  /** The server does not know our key: the secret of enrolment speaks for us. */
  resumes: boolean;
  /** It did not know us at all, and has been shown our ticket. */
  returned: boolean;
  /** Answers that could not be used in a row. */
  wasted: number;
}

/** Too much, or one event in it cannot be read: send less at a time, down to one. */
const NARROW = [
  'body_too_large',
  'batch_invalid',
  'columns_invalid',
  'envelope_invalid',
  'not_canonical',
];

/** The answer is of no use any more: ask anew, and no more than so often. */
const ANEW = ['answer_gone', 'stale_page'];
const WASTED_MAX = 3;

/** A line that broke, a server that is busy: the request goes on where it stopped. */
const GOES_ON = ['no_signal', 'too_slow', 'server_down', 'server_busy', 'rate_limited'];

/** An answer that took longer came in pieces, and its time is that of the first. */
const WAY_MS_MAX = 120_000;

/** Push all, pull all, then the photos. Throws what went wrong; what is done stays done. */
export async function exchangeAll(phone: Phone): Promise<void> {
  try {
    await exchangeRounds(phone);
  } catch (error) {
    // What is wrong with ours says nothing of a colleague's; without a line nothing goes.
    if (!GOES_ON.includes(codeOf(error))) await deliverCarried(phone);
    throw error;
  }
  await deliverCarried(phone);
  await keepDone(phone);
  // What was recorded while photos travelled goes before the rest of them.
  if (await sendPhotos(phone)) await exchangeAll(phone);
}

async function exchangeRounds(phone: Phone): Promise<void> {
  const run: Run = {
    limit: BATCH_EVENTS_MAX, repair: null, repaired: false, restarted: false, resumes: false,
    returned: false, wasted: 0,
  };
  for (let round = 0; ; round += 1) {
    // Saying "done" here would be a lie: something is left.
    if (round === ROUNDS_MAX) throw new Trouble('not_taken');
    try {
      if (await exchangeOnce(phone, run)) break;
    } catch (error) {
      await mendRun(phone, run, error);
    }
  }
}

/** What can be done about a failure before the next request; throws it when that is nothing. */
async function mendRun(phone: Phone, run: Run, error: unknown): Promise<void> {
  const code = codeOf(error);
  if (code === 'cursor_invalid' && !run.restarted) return fetchAgain(phone, run);
  // Restored to a day before our present key: `key.rotated` goes again once the epoch is known.
  if (code === 'bad_request_signature' && !run.resumes) return void (run.resumes = true);
  if (code === 'device_unknown' && !run.returned) return showTicket(phone, run, error);
  if (ANEW.includes(code) && run.wasted < WASTED_MAX) {
    run.wasted += 1;
    await drop(phone.db, 'transfer');
    return loadFeed(phone);
  }
  if (run.limit === 1 || !NARROW.includes(code)) throw error;
  run.limit = Math.ceil(run.limit / 4);
}

/** Restored to a day before this phone was enrolled: the ticket of its enrolment says who it is. */
async function showTicket(phone: Phone, run: Run, unknown: unknown): Promise<void> {
  run.returned = true;
  const { identity } = credentialsOf(phone);
  const body = utf8(JSON.stringify({ ticket: identity.ticket ?? '' }));
  const headers = await proofOf({ identity, key: null }, body, true);
  const { status } = await phone.line({ method: 'POST', path: '/v1/readmit', body, headers });
  if (status !== 204) throw unknown;
}

/** Ask for all rows from the start; they are staged, so that the old ones stay until then. */
async function fetchAgain(phone: Phone, run: Run): Promise<void> {
  run.restarted = true;
  await keep(phone.db, { pull: { ...phone.pull.value, cursor: null, staging: null } });
  await loadFeed(phone);
}

/** One request. True when nothing is left to send and the rows are complete. */
async function exchangeOnce(phone: Phone, run: Run): Promise<boolean> {
  const who = credentialsOf(phone);
  const before = phone.acks.value;
  const { transfer, answer } = await askOnce(phone, run, who.identity.ack_secret);
  const { said } = answer;
  const acks = await takeIn(phone, transfer, answer);
  await noteTime(phone, transfer, said);
  await loadFeed(phone);
  run.wasted = 0;
  await noteEpoch(phone, before, acks);
  if (isForked(said.lanes, phone.log.value, laneOf(phone))) await openLane(phone, run);
  // A request was answered, and yet nothing moved: stop, rather than ask for ever.
  const left = new Set(phone.unsent.value.map(({ hash }) => hash));
  if (transfer.hashes.length > 0 && transfer.hashes.every((hash) => left.has(hash))) {
    throw new Trouble('not_taken');
  }
  if (said.error !== null) return endWithout(phone, said.error);
  return (await isWhole(phone, answer, run)) && phone.unsent.value.length === 0;
}

/** No page, and why: the events go up all the same, and then it is said. */
function endWithout(phone: Phone, code: string): false {
  if (phone.unsent.value.length === 0) throw new Trouble(code);
  return false;
}

/** The transfer that is under way, or a new one; and the answer, once it is ours. */
async function askOnce(phone: Phone, run: Run, secret: string) {
  const transfer = (await underWay(phone)) ?? (await newTransfer(phone, run));
  run.repair = null;
  try {
    const plain = await carry(phone, transfer);
    return { transfer, answer: await readSync(plain, transfer.req_id, secret) };
  } catch (error) {
    const isCaught = transfer.plain.length + transfer.packed.length > 0;
    const goesOn = GOES_ON.includes(codeOf(error)) || (isPortal(error) && !isCaught);
    if (!goesOn) await drop(phone.db, 'transfer').catch(() => undefined);
    throw error;
  }
}

/** Somebody else answered in the server's place; of our own answer nothing is spoilt by it. */
const isPortal = (error: unknown): boolean =>
  ['not_our_server', 'mac_wrong'].includes(codeOf(error));

async function underWay(phone: Phone): Promise<Transfer | null> {
  const transfer = await metaOf(phone.db, 'transfer');
  const age = phone.clock.now() - (transfer?.at ?? 0);
  const isNext = transfer?.cursor === cursorOf(phone.pull.value);
  return transfer && isNext && age >= 0 && age < TRANSFER_MS_MAX ? transfer : null;
}

async function newTransfer(phone: Phone, run: Run): Promise<Transfer> {
  const { unsent, pull, clock } = phone;
  const batch = batchOf(unsent.value, run.limit);
  const cursor = cursorOf(pull.value);
  const incidents = (await metaOf(phone.db, 'incidents')) ?? [];
  const req_id = hex(clock.random(16));
  const at = clock.now();
  const request: SyncRequest = {
    req_id,
    sent_at: at,
    push: await pushOf(batch),
    pull: pullOf(cursor, run.repair),
    beacon: beaconOf(phone),
    incidents,
  };
  const resumes = run.resumes || needsResume(unsent.value);
  const letter = await letterOf(request, credentialsOf(phone), resumes);
  const hashes = batch.map(({ hash }) => hash);
  return transferOf({ req_id, at, hashes, cursor, incidents, ...letter });
}

/** How far this phone is, and the cash in the officer's hand, should it be lost tomorrow. */
function beaconOf(phone: Phone): Beacon | null {
  const head = phone.log.value.at(-1);
  if (!head) return null;
  const me = [...(phone.rows.value.get('me')?.values() ?? [])][0]?.row;
  const hand_fen = handFen(ownEvents(phone), Number(me?.counted_total_fen ?? 0));
  const { lane, seq: head_seq, hash } = head;
  return { lane, head_seq, head_hash: hash.slice(0, 16), hand_fen, at: phone.clock.now() };
}

/** One answer is one transaction, and the transfer ends in it. */
async function takeIn(phone: Phone, transfer: Transfer, answer: SyncAnswer): Promise<Acks> {
  const { said, page } = answer;
  const log = phone.log.value;
  const took = tookOf(said.took, transfer.hashes);
  const heard = { epoch: said.epoch, lanes: said.lanes, took: took.map(({ hash }) => hash) };
  const acks = acksAfter(phone.acks.value, heard, log);
  const unsent = new Set(unsentIn(log, acks).map(({ hash }) => hash));
  await absorb(phone.db, {
    acks,
    facts: factsAfter(phone.facts.value, said.lanes, log, page?.complete ?? false),
    anchor: said.anchor,
    said: took,
    page: await pageOf(answer, transfer, log, rowsOf(phone), unsent),
    told: transfer.incidents,
  });
  return acks;
}

const rowsOf = (phone: Phone) =>
  [...phone.rows.value.values()].flatMap((type) => [...type.values()]);

/** By how much our clocks differ; an answer that was long under way says nothing of it. */
async function noteTime(phone: Phone, { at }: Transfer, { now }: Said): Promise<void> {
  const way = phone.clock.now() - at;
  if (way < 0 || way > WAY_MS_MAX) return;
  await keep(phone.db, { last: { ...phone.last.value, ahead_ms: Math.round(now - at - way / 2) } });
}

/** The server's database was restored: whatever it lacks goes up again by itself. */
async function noteEpoch(phone: Phone, before: Acks, { epoch }: Acks): Promise<void> {
  if (before.epoch === '' || before.epoch === epoch) return;
  await tell(phone, { kind: 'epoch', records: phone.unsent.value.length, receipt_no: null });
}

/** Recording goes on in a new lane, and all rows are asked for once: ours may be older. */
async function openLane(phone: Phone, run: Run): Promise<void> {
  const lane = laneOf(phone);
  if (phone.forked === lane) return;
  phone.forked = lane;
  await report(phone, { kind: 'forked', details: { lane } });
  await tell(phone, { kind: 'forked', records: 0, receipt_no: null });
  if (phone.persisted.value) await beginAgain(phone);
  await fetchAgain(phone, run);
}

/** The rows are complete and are the server's rows, by content. If not, what is to be done. */
async function isWhole(phone: Phone, { page }: SyncAnswer, run: Run): Promise<boolean> {
  if (!page?.complete || phone.pull.value.cursor === null) return false;
  if (!phone.pull.value.unproved) return true;
  const rows = rowsOf(phone);
  const types = page.digest ? await differing(page.digest, rows) : typesToAsk(phone, page.repair);
  if (types.length === 0) {
    await keep(phone.db, { pull: { ...phone.pull.value, unproved: false } });
    await loadFeed(phone);
    return true;
  }
  if (page.digest && !run.restarted) {
    await report(phone, { kind: 'rows_differ', details: { types: types.join(' ') } });
  }
  if (!run.repaired) {
    run.repaired = true;
    run.repair = await repairOf(types, rows);
    return false;
  }
  if (run.restarted) throw new Trouble('rows_differ');
  await fetchAgain(phone, run);
  return false;
}

/** Without a digest only a repair that finds nothing is proof. */
function typesToAsk(phone: Phone, repair: Readonly<Record<string, readonly number[]>> | null) {
  if (repair && Object.values(repair).every((buckets) => buckets.length === 0)) return [];
  return [...phone.rows.value.keys()];
}

/** Everything is done: note the time, and lay a copy of the rows beside the journal. */
async function keepDone(phone: Phone): Promise<void> {
  const last = { ...phone.last.value, done_at: phone.clock.now() };
  const serial = ((await metaOf(phone.db, 'serial')) ?? 0) + 1;
  await keep(phone.db, { last, serial });
  phone.last.value = last;
  await phone.journal.keepRows(utf8(JSON.stringify(copyOf(phone, serial))), serial % 2 ? 1 : 2);
}

function copyOf(phone: Phone, serial: number): Copy {
  const { epoch, cursor } = phone.pull.value;
  return {
    serial,
    lane: credentialsOf(phone).identity.lane,
    epoch,
    cursor,
    acks: phone.acks.value,
    facts: phone.facts.value,
    anchor: phone.anchor.value,
    last: phone.last.value,
    rows: rowsOf(phone),
    verdicts: [...phone.verdicts.value.values()],
  };
}
