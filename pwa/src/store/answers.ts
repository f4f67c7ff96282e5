/** What an answer of the line says, as JSON or as a refusal; and whether it is ours at all. */

import { fromUtf8 } from '../device/bytes';
import type { Answer } from '../device/line';
import { Trouble } from '../device/trouble';
import type { Refusal } from '../device/trouble';

/** The JSON of an answer of ours; refuses pages of others, and refusals by their code. */
export function readJson(answer: Answer): unknown {
  const value = jsonOf(answer);
  if (answer.status < 300) return value;
  const refusal = (value as Refusal | null) ?? undefined;
  const retryAfterMs = waitAsked(answer);
  throw new Trouble(refusal?.code ?? 'server_down', { refusal, retryAfterMs });
}

function jsonOf(answer: Answer): unknown {
  if (!answer.whole) throw new Trouble('no_signal');
  try {
    return JSON.parse(fromUtf8(answer.bytes));
  } catch {
    throw new Trouble(answer.status < 500 ? 'not_our_server' : 'server_down');
  }
}

/** How long the server asks us to stay away, in milliseconds. */
function waitAsked({ headers }: Answer): number | null {
  const wait = Number(headers['retry-after'] ?? NaN);
  return Number.isFinite(wait) ? wait * 1000 : null;
}

/** What the server has of a body that comes in pieces; anything else is not our server's word. */
export function readOffset(answer: Answer, total: number): { offset: number; answered: boolean } {
  const isOurs = answer.status < 300 || answer.status === 409;
  const said = (isOurs ? jsonOf(answer) : readJson(answer)) as Partial<Offset> | null;
  const { upload_offset: offset = -1, answered = false } = said ?? {};
  if (!Number.isInteger(offset) || offset < 0 || offset > total) {
    readJson(answer);
    throw new Trouble('not_our_server');
  }
  return { offset, answered };
}

interface Offset {
  readonly upload_offset: number;
  readonly answered: boolean;
}
