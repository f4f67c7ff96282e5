/**
 * The line to the server: one request with its time limits, and what came back before it broke.
 *
 * A connection may break anywhere. What had arrived of an answer is given back with `whole` false,
 * never thrown away: whoever asked can go on behind it (docs/protocol.md 10).
 */

import { join } from './bytes';
import { within } from './clock';
import type { Clock } from './clock';
import { codeOf, Trouble } from './trouble';

type Bytes = Uint8Array<ArrayBuffer>;

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD' | 'PATCH';
  readonly path: string;
  readonly body: Bytes | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Told of each part of a good answer as it comes, for whoever cannot wait for the whole. */
  readonly onPart?: (part: Bytes) => void;
}

export interface Answer {
  readonly status: number;
  /** The few that are read here, in lower case: HEADERS. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Bytes;
  /** False when the connection broke behind these bytes. */
  readonly whole: boolean;
}

/** Throws only when nothing came: `no_signal`, or `too_slow` after a time limit. */
export type Line = (ask: Ask) => Promise<Answer>;

/** What is read of an answer's head. */
const HEADERS = [
  'retry-after',
  'upload-offset',
  'doorstep-length',
  'content-range',
  'doorstep-state',
  'doorstep-archived',
];

/** No answer begins within this time, and that of the body's own way: try again later. */
export const FIRST_BYTE_MS = 20_000;

/** One byte a millisecond is 8 kbit/s, the least that GPRS gives. */
const UPLOAD_MS_PER_BYTE = 1;

/** A slow line is not cut while bytes flow; a silent one is. */
export const SILENCE_MS = 15_000;

/** From the first byte sent to the last received. */
export const TOTAL_MS = 180_000;

/**
 * A connection that was kept open may have died since, and no browser sends a POST again by
 * itself. Whatever we ask may be asked twice, so it is asked again at once, over a new one.
 */
const TRIES = 3;

/** The line of this browser; the clock sets its limits. */
export function lineOf(clock: Clock): Line {
  const once = onceOf(clock);
  return async (ask) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await once(ask);
      } catch (error) {
        if (tries === TRIES || codeOf(error) !== 'no_signal') throw error;
      }
    }
  };
}

function onceOf(clock: Clock): Line {
  return async (ask) => {
    const stop = new AbortController();
    const length = ask.body?.length ?? 0;
    const forget = clock.after(TOTAL_MS + length * UPLOAD_MS_PER_BYTE, () => stop.abort());
    try {
      return await exchange(clock, ask, stop.signal);
    } catch (error) {
      throw error instanceof Trouble ? error : new Trouble('no_signal');
    } finally {
      forget();
      stop.abort();
    }
  };
}

async function exchange(clock: Clock, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const { method, path, body, headers } = ask;
  const sent = fetch(path, {
    method,
    body,
    headers,
    signal,
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
  });
  const patience = FIRST_BYTE_MS + (body?.length ?? 0) * UPLOAD_MS_PER_BYTE;
  const response = await within(clock, sent, patience);
  const { parts, broken } = await readParts(clock, response, ask.onPart);
  // Of an answer that was said to have a body nothing came: the same as no answer.
  if (broken && parts.length === 0) throw broken;
  const said = HEADERS.map((name) => [name, response.headers.get(name) ?? ''] as const);
  return {
    status: response.status,
    headers: Object.fromEntries(said.filter(([, value]) => value)),
    bytes: join(parts),
    whole: !broken,
  };
}

/** All parts, or those that came before the connection broke or fell silent. */
async function readParts(clock: Clock, response: Response, onPart: Ask['onPart']) {
  const parts: Bytes[] = [];
  const reader = response.body?.getReader();
  try {
    while (reader) {
      const { done, value } = await within(clock, reader.read(), SILENCE_MS);
      if (done) break;
      parts.push(value);
      if (response.ok) onPart?.(value);
    }
  } catch (error) {
    return { parts, broken: error };
  }
  return { parts, broken: null };
}
