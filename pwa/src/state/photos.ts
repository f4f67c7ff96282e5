/**
 * Photos travel last, when nothing else waits, and in pieces: tus 1.0.0 (docs/protocol.md 11).
 *
 * What the server has of a photo is asked, never remembered, so that a broken line, a killed app
 * or a restored server cost no byte twice. The client of tus is these lines; decision 0015.
 */

import { fromHex, sha256, utf8 } from '../device/bytes';
import type { Answer, Ask } from '../device/line';
import { codeOf, Trouble } from '../device/trouble';
import { readJson } from '../store/answers';
import type { StoredBlob } from '../store/db';
import { write } from '../store/db';
import { proofOf } from '../store/exchange';
import { mayForget } from '../store/forget';
import { reach } from '../store/lanes';
import type { Phone } from './phone';
import { credentialsOf, photosDue } from './phone';

/** A piece on 2G takes some seconds; what a break costs at most is one of them. */
export const PIECE_BYTES = 16_384;
export const PIECE_BYTES_MAX = 262_144;
/** A piece that went faster is followed by one four times as long. */
const FAST_MS = 3_000;

/** A server that never moves on is not asked for ever: 32 pieces of 16 kB are a whole photo. */
const ROUNDS_MAX = 64;

/** Is there something to record that goes first? Photos wait for everything. */
const isInterrupted = (phone: Phone): boolean => phone.unsent.value.length > 0;

/** Send what waits. True if something was recorded meanwhile, which goes first. */
export async function sendPhotos(phone: Phone): Promise<boolean> {
  if (!phone.key) return false;
  const pace = { bytes: PIECE_BYTES };
  for (const photo of photosDue(phone)) {
    await sendPhoto(phone, photo, pace);
    if (isInterrupted(phone)) return true;
  }
  await forgetPhotos(phone);
  return false;
}

async function sendPhoto(
  phone: Phone,
  photo: StoredBlob,
  pace: { bytes: number },
): Promise<void> {
  try {
    let said = readSaid(await phone.line(await askOf(phone, photo)));
    for (let round = 0; !said.state && round < ROUNDS_MAX; round += 1) {
      if (isInterrupted(phone)) return;
      const from = phone.clock.now();
      const piece = photo.bytes.slice(said.offset, said.offset + pace.bytes);
      said = readSaid(await phone.line(await askOf(phone, photo, { offset: said.offset, piece })));
      const isFast = phone.clock.now() - from < FAST_MS;
      pace.bytes = isFast ? Math.min(PIECE_BYTES_MAX, pace.bytes * 4) : PIECE_BYTES;
    }
    const state = said.state === 'quarantined' ? 'quarantined' : 'stored';
    if (said.state) await settle(phone, photo, state);
  } catch (error) {
    await judge(phone, photo, codeOf(error), error);
  }
}

/** What a refusal means for a photo; throws what is not about the photo. */
async function judge(phone: Phone, photo: StoredBlob, code: string, error: unknown) {
  // No event names it yet on the server: it will be asked again with the next exchange.
  if (code === 'attachment_unknown') return;
  const isAboutBytes = code === 'attachment_hash_mismatch' || code === 'attachment_too_large';
  if (!isAboutBytes) throw error;
  // Bytes that were changed on the way begin anew; bytes that are spoilt here never fit.
  if (code === 'attachment_too_large' || (await sha256(photo.bytes)) !== photo.sha256) {
    await settle(phone, photo, 'refused');
  }
}

interface Piece {
  readonly offset: number;
  readonly piece: Uint8Array<ArrayBuffer>;
}

/** The question how far a photo is, or its next piece. What is asked is signed, not the bytes. */
async function askOf(phone: Phone, { sha256: sum }: StoredBlob, next?: Piece): Promise<Ask> {
  const method = next ? 'PATCH' : 'HEAD';
  const path = `/v1/attachments/${sum}`;
  const checksum = next && btoa(String.fromCharCode(...fromHex(await sha256(next.piece))));
  const words = next ? `${method} ${path} ${next.offset} ${checksum}` : `${method} ${path}`;
  const headers = {
    'Tus-Resumable': '1.0.0',
    ...(await proofOf(credentialsOf(phone), utf8(words), false)),
    ...(next && {
      'Content-Type': 'application/offset+octet-stream',
      'Upload-Offset': String(next.offset),
      'Upload-Checksum': `sha256 ${checksum}`,
    }),
  };
  return { method, path, body: next?.piece ?? null, headers };
}

/** How far the server is. Throws refusals, and what is not our server's word. */
function readSaid(answer: Answer) {
  const { status, headers } = answer;
  const offset = Number(headers['upload-offset'] ?? NaN);
  if ((status < 300 || status === 409) && Number.isInteger(offset) && offset >= 0) {
    const archived = headers['doorstep-archived'] === '1';
    return { offset, state: headers['doorstep-state'], archived };
  }
  // The answer to HEAD has no body that could say why.
  if (status === 404 && answer.bytes.length === 0) throw new Trouble('attachment_unknown');
  if (answer.bytes.length === 0) throw new Trouble('server_down');
  readJson(answer);
  throw new Trouble('not_our_server');
}

async function settle(phone: Phone, photo: StoredBlob, state: StoredBlob['state']) {
  await write(phone.db, ['blobs'], (stores) => stores('blobs').put({ ...photo, state }));
  phone.photos.value = [...without(phone, photo), { ...photo, state }];
}

const without = (phone: Phone, { sha256: sum }: StoredBlob) =>
  phone.photos.value.filter((other) => other.sha256 !== sum);

/** Bytes that lie in a backup, with the event that names them, need not lie here (I17). */
async function forgetPhotos(phone: Phone): Promise<void> {
  const archivedTo = reach(phone.log.value, phone.facts.value.archived);
  const ripe = phone.photos.value.filter((one) => mayForget(one, archivedTo, { archived: true }));
  for (const photo of ripe) {
    const said = readSaid(await phone.line(await askOf(phone, photo)));
    // The others wait for the same backup: one question was enough.
    if (!mayForget(photo, archivedTo, said)) return;
    await write(phone.db, ['blobs'], (stores) => stores('blobs').delete(photo.sha256));
    phone.photos.value = without(phone, photo);
  }
}
