/**
 * What somebody else carries, in tests: the runners of its vectors, and a server that opens
 * bundles and answers them, as docs/courier.md says.
 */

import { base64url, fromBase64url, fromHex, fromUtf8, hex, hmac, utf8 } from '../device/bytes';
import type { Answer, Ask, Line } from '../device/line';
import { openAnswer } from '../device/seal';
import { fromBase45, toBase45 } from '../sync/base45';
import { closeUp, fromFile, readAnswer, readBundle, toText } from '../sync/bundle';
import { Collector, frame } from '../sync/fountain';
import type { Push, Said } from '../store/wire';
import { answerOf } from './fakes';
import type { FakeServer } from './server';

type Given = Readonly<Record<string, unknown>>;
type Bytes = Uint8Array<ArrayBuffer>;

export function runBase45(given: Given): unknown {
  if ('hex' in given) return toBase45(fromHex(String(given.hex)));
  const data = fromBase45(String(given.text));
  return data && hex(data);
}

export async function runBundle(given: Given): Promise<unknown> {
  const data = fromFile(utf8(String(given.file)));
  if (given.what === 'answer') {
    const { id } = await readAnswer(data);
    return { id: hex(id), told: await openAnswer(data, String(given.secret)) };
  }
  const bundle = await readBundle(data);
  if (given.what === 'outside') {
    return { id: hex(bundle.id), count: bundle.count, same: toText(data).trim() };
  }
  return unsealed(data, given);
}

/** As the server does it; a phone never holds its key. Parts by the offsets of docs/courier.md. */
async function unsealed(data: Bytes, given: Given): Promise<unknown> {
  const p256 = { name: 'ECDH', namedCurve: 'P-256' };
  const pkcs8 = fromBase64url(String(given.server_key));
  const ours = await crypto.subtle.importKey('pkcs8', pkcs8, p256, true, ['deriveBits']);
  const { d: _secret, ...open } = await crypto.subtle.exportKey('jwk', ours);
  const visible = await crypto.subtle.importKey('jwk', { ...open, key_ops: [] }, p256, true, []);
  const own = new Uint8Array(await crypto.subtle.exportKey('raw', visible));
  const point = data.slice(34, 99);
  const theirs = await crypto.subtle.importKey('raw', point, p256, false, []);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, ours, 256);
  const info = new Uint8Array([...utf8('doorstep bundle 1'), ...point, ...own]);
  const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: data.slice(6, 22), info };
  const gcm = { name: 'AES-GCM', length: 256 };
  const key = await crypto.subtle.deriveKey(how, base, gcm, false, ['decrypt']);
  const cipher = { name: 'AES-GCM', iv: data.slice(99, 111), additionalData: data.slice(0, 111) };
  const packed = await crypto.subtle.decrypt(cipher, key, data.slice(111, -8));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const [line = '', mark] = fromUtf8(await new Response(stream).arrayBuffer()).split('\n');
  if ((await hmac(String(given.secret), utf8(line))) !== mark) throw new Error('the mark is wrong');
  return JSON.parse(line);
}

export function runFountain(given: Given): unknown {
  if (!Array.isArray(given.frames)) {
    const { message, sequence, number } = given;
    return hex(frame(fromHex(String(message)), Number(sequence), Number(number)));
  }
  const collector = new Collector();
  const told = given.frames.map((one) => collector.add(fromHex(String(one))));
  const { have, need, message, sequence } = collector;
  return { told, have, need, message: message && hex(message), sequence };
}

interface Inside {
  readonly device: string;
  readonly batches: readonly Push[];
}

const P256 = { name: 'ECDH', namedCurve: 'P-256' } as const;

/** The courier's door of a FakeServer: takes the bundles of one phone from whoever comes. */
export class FakeCourier {
  serverKey = '';
  private pkcs8 = '';

  constructor(
    readonly server: FakeServer,
    /** The secret of enrolment of the phone that makes bundles, and of the one that carries. */
    readonly secrets: { readonly maker: string; readonly carrier: string },
  ) {}

  async open(): Promise<this> {
    const pair = await crypto.subtle.generateKey(P256, true, ['deriveBits']);
    const point = await crypto.subtle.exportKey('raw', pair.publicKey);
    this.serverKey = base64url(new Uint8Array(point));
    const pkcs8 = await crypto.subtle.exportKey('pkcs8', pair.privateKey);
    this.pkcs8 = base64url(new Uint8Array(pkcs8));
    return this;
  }

  line: Line = async (ask: Ask): Promise<Answer> => {
    if (ask.path !== '/v1/courier') return this.server.line(ask);
    const body = ask.body ?? new Uint8Array();
    const ack = await this.take(body);
    const bundle = hex((await readBundle(body)).id);
    const words = utf8(`${bundle}|${base64url(ack)}`);
    return answerOf({ bundle, ack: base64url(ack), mark: await hmac(this.secrets.carrier, words) });
  };

  /** The sealed acknowledgement of a bundle. */
  async take(bundle: Bytes): Promise<Bytes> {
    const { maker: secret } = this.secrets;
    const given = { what: 'inside', file: toText(bundle), server_key: this.pkcs8, secret };
    const { batches } = (await runBundle(given)) as Inside;
    const took: unknown[] = [];
    let said: Said | null = null;
    for (const push of batches) {
      said = await this.say(push);
      took.push(said.took);
    }
    const { lanes, epoch, now } = said ?? (await this.say(null));
    const { id } = await readBundle(bundle);
    return sealAnswer(secret, id, { v: 1, bundle: hex(id), epoch, now, lanes, took });
  }

  private async say(push: Push | null): Promise<Said> {
    const request = {
      req_id: '0'.repeat(32), sent_at: 0, push, pull: null, beacon: null, incidents: [],
    };
    const [, envelope = ''] = fromUtf8(await this.server.signed(request)).split('\n');
    return JSON.parse(envelope) as Said;
  }
}

/** As the server seals it. */
export async function sealAnswer(secret: string, id: Bytes, told: object): Promise<Bytes> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const head = new Uint8Array([...utf8('DOOR'), 1, 2, ...id, ...nonce]);
  const info = utf8('doorstep acknowledgement 1');
  const raw = fromBase64url(secret);
  const base = await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveKey']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: id, info };
  const gcm = { name: 'AES-GCM', length: 256 };
  const key = await crypto.subtle.deriveKey(how, base, gcm, false, ['encrypt']);
  const plain = new Blob([JSON.stringify(told)]).stream();
  const packer = new CompressionStream('deflate-raw');
  const packed = await new Response(plain.pipeThrough(packer)).arrayBuffer();
  const cipher = { name: 'AES-GCM', iv: nonce, additionalData: head };
  return closeUp(head, new Uint8Array(await crypto.subtle.encrypt(cipher, key, packed)));
}
