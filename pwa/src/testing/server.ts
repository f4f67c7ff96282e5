/** A small server for the tests: keeps events by hash, and answers as docs/protocol.md says. */

import { fromBase64url, fromUtf8, hmac, join, sha256, utf8 } from '../device/bytes';
import type { Answer, Ask } from '../device/line';
import { Trouble } from '../device/trouble';
import { canonicalBytes } from '../sync/canonical';
import { pack } from '../sync/columns';
import { bucketDigests, bucketOf } from '../sync/digest';
import { expandBatch } from '../sync/lane';
import type { Hashed } from '../sync/lane';
import { ZERO_HASH } from '../sync/events';
import type { LaneSaid, Pulling, Run, SyncRequest, WirePage, WireRow } from '../store/wire';
import { answerOf, EPOCH, SECRET } from './fakes';

type Bytes = Uint8Array<ArrayBuffer>;

/** What the server has of an event. */
export interface Kept {
  readonly lane: string;
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  readonly kind: string;
}

export class FakeServer {
  readonly events = new Map<string, Kept>();
  readonly requests: SyncRequest[] = [];
  readonly asks: Ask[] = [];
  readonly photos = new Map<string, Uint8Array>();
  /** What the events have promised: SHA-256 -> bytes. */
  readonly photoSizes = new Map<string, number>();
  photoState = 'stored';
  photosArchived = false;
  readonly uploads = new Map<string, Bytes>();
  readonly answers = new Map<string, Bytes>();
  epoch = EPOCH;
  secret = SECRET;
  /** What the feed holds; each page gives out one tick. */
  rows: WireRow[] = [];
  verdicts: [string, Run[]][] = [];
  alone: WirePage['alone'] = [];
  archived: Record<string, number> = {};
  settled: Record<string, { seq: number; hash: string }> = {};
  error: string | null = null;
  verdict = 'applied';
  digestOf: (rows: readonly WireRow[]) => Promise<Record<string, string>> = digestOf;
  /** Bytes of a body that arrive, and of an answer that come back, before the line breaks. */
  cutUp = Infinity;
  cutDown = Infinity;

  line = async (ask: Ask): Promise<Answer> => {
    this.asks.push(ask);
    const { pathname } = new URL(ask.path, 'http://localhost');
    if (pathname.startsWith('/v1/attachments/')) return this.takePhoto(ask);
    if (pathname === '/v1/answer') return this.broken(ask, await this.rest(ask));
    if (ask.method === 'GET') return this.broken(ask, this.offset(ask));
    return this.broken(ask, await this.post(ask));
  };

  private takePhoto(ask: Ask): Answer {
    const sum = ask.path.split('/').at(-1) ?? '';
    const size = this.photoSizes.get(sum);
    if (size === undefined) return { ...answerOf({ code: 'attachment_unknown' }), status: 404 };
    const held = this.photos.get(sum) ?? new Uint8Array();
    const isNext = Number(ask.headers['Upload-Offset']) === held.length;
    if (ask.method === 'PATCH' && isNext) return this.takePiece(sum, ask);
    return this.photoSaid(sum, ask.method === 'HEAD' ? 200 : 409);
  }

  /** What comes before the line breaks is kept; nothing of a piece that was changed. */
  private takePiece(sum: string, ask: Ask): Answer {
    const piece = ask.body ?? new Uint8Array();
    const came = piece.slice(0, this.cutUp);
    this.photos.set(sum, join([this.photos.get(sum) ?? new Uint8Array(), came]));
    if (came.length < piece.length) throw new Trouble('no_signal');
    return this.photoSaid(sum, 204);
  }

  private photoSaid(sum: string, status: number): Answer {
    const { length } = this.photos.get(sum) ?? [];
    const whole = length === this.photoSizes.get(sum);
    const headers = {
      'upload-offset': String(length),
      ...(whole && { 'doorstep-state': this.photoState }),
      ...(whole && this.photosArchived && { 'doorstep-archived': '1' }),
    };
    return { status, headers, bytes: new Uint8Array(), whole: true };
  }

  /** The answer as far as the line lets it through. */
  private broken(ask: Ask, answer: Answer): Answer {
    if (answer.bytes.length > this.cutDown) {
      const bytes = answer.bytes.slice(0, this.cutDown);
      if (bytes.length === 0) throw new Trouble('no_signal');
      ask.onPart?.(bytes);
      return { ...answer, bytes, whole: false };
    }
    ask.onPart?.(answer.bytes);
    return answer;
  }

  private async post(ask: Ask): Promise<Answer> {
    const upload = ask.headers['Doorstep-Upload'];
    const body = ask.body ?? new Uint8Array();
    const came = body.slice(0, this.cutUp);
    if (upload === undefined) {
      if (came.length < body.length) throw new Trouble('no_signal');
      return this.answer(body);
    }
    const [req = '', offset, total] = upload.split(';');
    const known = this.uploads.get(req) ?? new Uint8Array();
    if (known.length !== Number(offset)) return answerOf({ upload_offset: known.length }, 409);
    const all = join([known, came]);
    this.uploads.set(req, all);
    if (came.length < body.length) throw new Trouble('no_signal');
    return all.length < Number(total)
      ? answerOf({ upload_offset: all.length }, 202)
      : this.answer(all);
  }

  private offset(ask: Ask): Answer {
    const req = ask.headers['Doorstep-Upload'] ?? '';
    const upload_offset = this.uploads.get(req)?.length ?? 0;
    return answerOf({ upload_offset, answered: this.answers.has(req) });
  }

  private async rest(ask: Ask): Promise<Answer> {
    const [req = '', base] = (ask.headers['Doorstep-Answer'] ?? '').split(';');
    const plain = this.answers.get(req);
    if (!plain) return answerOf({ code: 'answer_gone' }, 404);
    const packed = await deflated(plain.slice(Number(base)));
    const from = Number(/bytes=(\d+)-/.exec(ask.headers.Range ?? '')?.[1]);
    const headers = { 'doorstep-length': String(packed.length) };
    return { status: 206, headers, bytes: packed.slice(from), whole: true };
  }

  private async answer(body: Bytes): Promise<Answer> {
    const request = JSON.parse(fromUtf8(await through(body, new DecompressionStream('gzip'))));
    this.requests.push(request);
    const bytes = await this.signed(request);
    if (bytes.length > 1_000) this.answers.set(request.req_id, bytes);
    return { status: 200, headers: {}, bytes, whole: true };
  }

  async signed(request: SyncRequest): Promise<Bytes> {
    const took = request.push ? await this.take(await expandBatch(request.push)) : null;
    const page = request.pull && !this.error ? await this.page(request.pull) : null;
    const said = {
      req_id: request.req_id,
      epoch: this.epoch,
      now: request.sent_at,
      anchor: { tick: 1, mac: '0'.repeat(16) },
      lanes: this.lanes(),
      took,
      error: this.error,
    };
    const lines = `${JSON.stringify(page)}\n${JSON.stringify(said)}`;
    return utf8(`${lines}\n${await hmac(this.secret, utf8(lines))}`);
  }

  private async take(batch: readonly Hashed[]): Promise<unknown[]> {
    return batch.map(({ event, hash }) => {
      const { lane, seq, prev, kind } = event;
      const known = this.events.has(hash);
      this.events.set(hash, { lane, seq, prev, hash, kind });
      if (kind === 'attachment.added') {
        this.photoSizes.set(String(event.body.sha256), Number(event.body.size));
      }
      return [1, this.verdict, this.verdict === 'applied' ? null : 'unknown_case', null, known];
    });
  }

  /** Every lane, with the end of what follows without a gap; the first to come has the place. */
  lanes(): LaneSaid[] {
    const names = new Set([...this.events.values()].map(({ lane }) => lane));
    return [...names].map((lane) => {
      const { seq, hash } = this.head(lane);
      const settled = this.settled[lane];
      return {
        lane,
        head_seq: seq,
        head_hash: hash,
        archived_seq: this.archived[lane] ?? 0,
        settled_seq: settled?.seq ?? 0,
        settled_hash: settled?.hash ?? null,
      };
    });
  }

  head(lane: string): { seq: number; hash: string } {
    let head = { seq: 0, hash: ZERO_HASH };
    for (;;) {
      const next = [...this.events.values()].find(
        (event) => event.lane === lane && event.seq === head.seq + 1 && event.prev === head.hash,
      );
      if (!next) return head;
      head = next;
    }
  }

  /** Rows after the cursor's tick, one tick a page. */
  private async page({ cursor, repair }: Pulling): Promise<WirePage> {
    const [epoch, at] = (cursor ?? `${this.epoch}.0`).split('.');
    const reset = cursor === null || epoch !== this.epoch;
    const after = reset ? 0 : Number(at);
    const later = this.rows.filter((row) => row.tick > after).map((row) => row.tick);
    const tick = later.length > 0 ? Math.min(...later) : after;
    const complete = this.rows.every((row) => row.tick <= tick);
    const rows = this.rows.filter((row) => row.tick === tick && tick > after);
    const mended = repair && complete && !reset ? await this.mend(repair) : null;
    return {
      reset,
      rows: pack([...rows, ...(mended?.rows ?? [])].map((row) => ({ ...row }))),
      verdicts: rows.length > 0 || reset ? this.verdicts : [],
      alone: rows.length > 0 || reset ? this.alone : [],
      cursor: `${this.epoch}.${tick}`,
      complete,
      digest: complete && (rows.length > 0 || mended) ? await this.digestOf(this.rows) : null,
      repair: mended && mended.buckets,
    };
  }

  private async mend(theirs: NonNullable<Pulling['repair']>) {
    const types = new Set([...Object.keys(theirs), ...this.rows.map(({ etype }) => etype)]);
    const buckets: Record<string, number[]> = {};
    for (const etype of types) {
      const ours = await bucketDigests(await sumsOf(this.rows, etype));
      const told = theirs[etype] ?? [];
      buckets[etype] = ours.flatMap((digest, at) => (digest === (told[at] ?? '') ? [] : at));
    }
    const rows: WireRow[] = [];
    for (const row of this.rows) {
      if (buckets[row.etype]?.includes(await bucketOf(row.eid))) rows.push(row);
    }
    return { buckets, rows };
  }
}

async function through(bytes: Bytes, way: DecompressionStream | CompressionStream) {
  const stream = new Blob([bytes]).stream().pipeThrough(way);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const deflated = (bytes: Bytes) => through(bytes, new CompressionStream('deflate-raw'));

export const unpacked = async (body: Bytes | null) =>
  fromUtf8(await through(body ?? new Uint8Array(), new DecompressionStream('gzip')));

async function sumsOf(rows: readonly WireRow[], etype: string): Promise<Map<string, string>> {
  const its = rows.filter((row) => row.etype === etype && row.op === 'upsert');
  const sums = its.map(async ({ eid, row }) => [eid, await sha256(canonicalBytes(row))] as const);
  return new Map(await Promise.all(sums));
}

async function digestOf(rows: readonly WireRow[]): Promise<Record<string, string>> {
  const sums = await sumsOf(rows, 'loan');
  const lines = Array.from(sums, ([eid, sum]) => `${eid}:${sum}\n`).sort();
  return lines.length > 0 ? { loan: await sha256(utf8(lines.join(''))) } : {};
}

/** Is this request signed by the key? */
export async function isSignedBy(ask: Ask, key: CryptoKey): Promise<boolean> {
  const signature = fromBase64url(ask.headers['Doorstep-Signature'] ?? '');
  const plain = utf8(await unpacked(ask.body));
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, plain);
}
