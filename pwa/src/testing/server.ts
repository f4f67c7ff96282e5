/** A small server for the tests: keeps events by hash, answers as the real one does. */

import { fromBase64url, fromUtf8, hmac, sha256, utf8 } from '../device/bytes';
import type { Answer, Ask } from '../device/line';
import { canonicalBytes } from '../sync/canonical';
import { expandBatch } from '../sync/lane';
import { ZERO_HASH } from '../sync/events';
import type { SyncRequest, WireRow, WireVerdict } from '../store/wire';
import { answerOf, EPOCH, LANE, SECRET } from './fakes';

interface Kept {
  readonly seq: number;
  readonly hash: string;
  readonly kind: string;
}

export class FakeServer {
  readonly events = new Map<string, Kept>();
  readonly requests: SyncRequest[] = [];
  readonly asks: Ask[] = [];
  readonly photos = new Map<string, Uint8Array>();
  epoch = EPOCH;
  secret = SECRET;
  /** What the feed holds; each page gives out one tick. */
  rows: WireRow[] = [];
  verdicts: WireVerdict[] = [];
  batchMax = 100;
  digestOf: (rows: readonly WireRow[]) => Promise<Record<string, string>> = digestOf;

  line = async (ask: Ask): Promise<Answer> => {
    this.asks.push(ask);
    if (ask.path.startsWith('/v1/attachments/')) return this.takePhoto(ask);
    const request = JSON.parse(await unpacked(ask.body)) as SyncRequest;
    this.requests.push(request);
    return answerOf(await this.answer(request));
  };

  private takePhoto(ask: Ask): Answer {
    this.photos.set(ask.path.split('/').at(-1) ?? '', ask.body ?? new Uint8Array());
    return answerOf({ state: 'stored' });
  }

  private async answer(request: SyncRequest): Promise<object> {
    const verdicts = request.push ? await this.take(request.push) : [];
    const head = this.head();
    const claim = [LANE, head.seq, head.hash, this.epoch, request.req_id].join('|');
    const mac = await hmac(this.secret, utf8(claim));
    const ack = { lane: LANE, head_seq: head.seq, head_hash: head.hash, mac };
    return {
      req_id: request.req_id,
      epoch: this.epoch,
      now: request.sent_at,
      anchor: { tick: 1, mac: '0'.repeat(16) },
      ack: request.push ? ack : null,
      verdicts,
      pull: await this.page(request.pull?.cursor ?? null),
    };
  }

  private async take(push: NonNullable<SyncRequest['push']>): Promise<object[]> {
    const batch = await expandBatch(push);
    return batch.map(({ event, hash }) => {
      const { seq, kind } = event;
      const known = this.events.has(hash);
      this.events.set(hash, { seq, hash, kind });
      const first = known ? { verdict: 'duplicate', first: 'applied' } : { verdict: 'applied' };
      return { seq, hash, ...first };
    });
  }

  head(): { seq: number; hash: string } {
    const last = [...this.events.values()].sort((a, b) => a.seq - b.seq).at(-1);
    return last ?? { seq: 0, hash: ZERO_HASH };
  }

  /** Rows after the cursor's tick, one tick a page. */
  private async page(cursor: string | null): Promise<object> {
    const [epoch, at] = (cursor ?? `${this.epoch}.0`).split('.');
    const reset = cursor === null || epoch !== this.epoch;
    const after = reset ? 0 : Number(at);
    const later = this.rows.filter((row) => row.tick > after).map((row) => row.tick);
    const tick = later.length > 0 ? Math.min(...later) : after;
    const complete = this.rows.every((row) => row.tick <= tick);
    const rows = this.rows.filter((row) => row.tick === tick && tick > after);
    const verdicts = this.verdicts.filter((said) => (said.tick ?? 0) > after);
    const digest = complete ? await this.digestOf(this.rows) : null;
    return { reset, rows, verdicts, cursor: `${this.epoch}.${tick}`, complete, digest };
  }
}

async function unpacked(body: Uint8Array<ArrayBuffer> | null): Promise<string> {
  const stream = new Blob(body ? [body] : []).stream().pipeThrough(new DecompressionStream('gzip'));
  return fromUtf8(await new Response(stream).arrayBuffer());
}

async function digestOf(rows: readonly WireRow[]): Promise<Record<string, string>> {
  const lines = await Promise.all(
    rows.map(async ({ eid, row }) => `${eid}:${await sha256(canonicalBytes(row))}\n`),
  );
  return { loan: await sha256(utf8(lines.sort().join(''))) };
}

/** Is this request signed by the key? */
export async function isSignedBy(ask: Ask, key: CryptoKey): Promise<boolean> {
  const signature = fromBase64url(ask.headers['Doorstep-Signature'] ?? '');
  const plain = utf8(await unpacked(ask.body));
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, plain);
}
