/** Photos travel last, when nothing else waits: each after the event that names it, and once. */

import { codeOf } from '../device/trouble';
import { readJson } from '../store/answers';
import type { StoredBlob } from '../store/db';
import { write } from '../store/db';
import { askAttachment } from '../store/exchange';
import type { Phone } from './phone';
import { credentialsOf, photosDue } from './phone';

export async function sendPhotos(phone: Phone): Promise<void> {
  if (!phone.key) return;
  for (const photo of photosDue(phone)) await sendPhoto(phone, photo);
}

async function sendPhoto(phone: Phone, blob: StoredBlob): Promise<void> {
  const ask = await askAttachment(blob.sha256, blob.bytes, credentialsOf(phone));
  let state: StoredBlob['state'];
  try {
    const said = readJson(await phone.line(ask)) as { state?: string };
    state = said.state === 'quarantined' ? 'quarantined' : 'stored';
  } catch (error) {
    const code = codeOf(error);
    // No event names it yet on the server: it will be asked again with the next exchange.
    if (code === 'attachment_unknown') return;
    if (code !== 'attachment_hash_mismatch') throw error;
    state = 'refused';
  }
  await write(phone.db, ['blobs'], (stores) => stores('blobs').put({ ...blob, state }));
  const others = phone.photos.value.filter((photo) => photo.sha256 !== blob.sha256);
  phone.photos.value = [...others, { ...blob, state }];
}
