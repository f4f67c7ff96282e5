/** The kiosk of a branch: it takes a bundle to the server, and holds the answer for a while. */

import { signal } from '@preact/signals-core';
import { fromBase64url } from '../device/bytes';
import { clock } from '../device/clock';
import { lineOf } from '../device/line';
import { codeOf, Trouble } from '../device/trouble';
import type { Refusal } from '../device/trouble';
import { readJson } from '../store/answers';
import { fromFile, kindOf, readBundle } from '../sync/bundle';
import { Problem } from '../sync/problems';

type Bytes = Uint8Array<ArrayBuffer>;

/** The answer stands for so long, for a phone to look at; then the next may come. */
const ANSWER_MS = 120_000;

export type KioskState =
  | { readonly is: 'waiting' }
  | { readonly is: 'sending'; readonly count: number }
  | { readonly is: 'done'; readonly count: number; readonly id: string; readonly ack: Bytes }
  | { readonly is: 'failed'; readonly code: string; readonly refusal: Refusal | null };

export const kiosk = signal<KioskState>({ is: 'waiting' });

const line = lineOf(clock);
let callOff = () => {};

/** It keeps nothing: what is not delivered is still on the phone that showed it. */
export async function bring(given: Bytes, via: 'courier' | 'qr'): Promise<void> {
  callOff();
  try {
    const body = fromFile(given);
    if (kindOf(body) !== 1) throw new Problem('bundle_invalid');
    const { count } = await readBundle(body);
    kiosk.value = { is: 'sending', count };
    const headers = { 'Content-Type': 'application/octet-stream', 'Doorstep-Via': via };
    const answer = await line({ method: 'POST', path: '/v1/courier', body, headers });
    const said = readJson(answer) as Refusal & { bundle: string; ack: string | null };
    if (!said.ack) throw new Trouble(said.code, { refusal: said });
    kiosk.value = { is: 'done', count, id: said.bundle, ack: fromBase64url(said.ack) };
  } catch (error) {
    const code = error instanceof Problem ? error.code : codeOf(error);
    const refusal = error instanceof Trouble ? (error.more.refusal ?? null) : null;
    kiosk.value = { is: 'failed', code, refusal };
  }
  callOff = clock.after(ANSWER_MS, nextPlease);
}

export function nextPlease(): void {
  callOff();
  kiosk.value = { is: 'waiting' };
}
