/** Making this phone a device of the branch: a key made here, a code from the supervisor. */

import { hex, utf8 } from '../device/bytes';
import { codeOf, Trouble } from '../device/trouble';
import { KEY_ALG, makeKey, publicPoint } from '../device/keys';
import { normalCode } from '../sync/crockford';
import { readJson } from '../store/answers';
import type { Identity, Pending } from '../store/meta';
import { drop, keep, metaOf } from '../store/meta';
import { identityRecord } from '../store/recover';
import type { EnrolAnswer } from '../store/wire';
import { readSentinel } from './memory';
import type { Phone } from './phone';
import { load, report } from './phone';
import { save } from './record';

/** On a phone that lost all its records this is still there, and says so at the next start. */
export const hadLane = (phone: Phone): boolean => phone.sentinel.read() !== null;

/**
 * Enrol with a code. Throws Trouble or Problem; the same code may then be tried again.
 *
 * Key and lane are kept before the code is sent: if the answer is lost, the same key asks again
 * and gets the same answer, instead of a used-up code.
 */
export async function enrol(phone: Phone, typed: string): Promise<void> {
  const pending = await pendingFor(phone, normalCode(typed));
  // Before the code is used up: a browser that cannot give us the files must not enrol.
  await phone.journal.open(true);
  const answer = await askEnrol(phone, pending);
  const identity = identityFrom(pending, answer);
  await phone.journal.append([identityRecord(identity)]);
  await keep(phone.db, { identity, key: pending.key, boot: phone.boot });
  await drop(phone.db, 'pending');
  await reportLoss(phone);
  phone.sentinel.write(JSON.stringify({ lane: identity.lane, seq: 0 }));
  await load(phone);
  if (phone.persisted.value) await save(phone, { facts: [], lines: [] });
}

/** This phone had a lane before, and both its stores were empty: what is known of it is told. */
async function reportLoss(phone: Phone): Promise<void> {
  if (!hadLane(phone)) return;
  const { lane = null, seq = null, receipt_no = null } = readSentinel(phone.sentinel.read()) ?? {};
  await report(phone, { kind: 'lost_all', details: { lane, seq, receipt_no } });
}

async function pendingFor(phone: Phone, code: string): Promise<Pending> {
  const before = await metaOf(phone.db, 'pending');
  if (before?.code === code) return before;
  const pending = { code, lane: hex(phone.clock.random(16)), key: await makeKey() };
  await keep(phone.db, { pending });
  return pending;
}

async function askEnrol(phone: Phone, pending: Pending): Promise<EnrolAnswer> {
  const { code, lane, key } = pending;
  const public_key = await publicPoint(key);
  const asked = { code, alg: KEY_ALG, public_key, lane, app: phone.app };
  const headers = { 'Content-Type': 'application/json' };
  const body = utf8(JSON.stringify(asked));
  try {
    const answer = await phone.line({ method: 'POST', path: '/v1/enrol', body, headers });
    return readJson(answer) as EnrolAnswer;
  } catch (error) {
    // Somebody else has this lane: the next try makes another.
    if (codeOf(error) === 'lane_taken') await drop(phone.db, 'pending');
    throw error;
  }
}

function identityFrom(pending: Pending, answer: EnrolAnswer): Identity {
  const { device, lane, officer, branch, ack_secret } = answer;
  const { server_key = null, ticket = null } = answer;
  if (lane?.id !== pending.lane || !device || !ack_secret) throw new Trouble('not_our_server');
  const { id, code: lane_code } = lane;
  return { lane: id, lane_code, device, officer, branch, ack_secret, server_key, ticket };
}
