/** The line to the server: one request with its time limits, and what can go wrong with it. */

import { within } from './clock';
import { Trouble } from './trouble';

/** No answer begins within this time: the signal is not good enough, try again later. */
const FIRST_BYTE_MS = 20_000;

/** From the first byte sent to the last received. */
const TOTAL_MS = 60_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** How long the server asks us to stay away, in milliseconds. */
  readonly retryAfterMs: number | null;
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

export type Line = (ask: Ask) => Promise<Answer>;

/** Throws `too_slow`, or `no_signal` whatever else the browser says of a failed request. */
export const line: Line = async (ask) => {
  const stop = new AbortController();
  try {
    return await within(exchange(ask, stop.signal), TOTAL_MS);
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble('no_signal');
  } finally {
    stop.abort();
  }
};

async function exchange(ask: Ask, signal: AbortSignal): Promise<Answer> {
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
  const response = await within(sent, FIRST_BYTE_MS);
  const wait = Number(response.headers.get('Retry-After') ?? NaN);
  return {
    status: response.status,
    text: await response.text(),
    retryAfterMs: Number.isFinite(wait) ? wait * 1000 : null,
  };
}
