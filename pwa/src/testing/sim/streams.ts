/** Blob, Response and the packers of a browser, as far as the phone uses them, by one thread. */

import type { Bytes, Native } from './native';

function together(pieces: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const bytesOf = (part: unknown): Uint8Array =>
  typeof part === 'string' ? new TextEncoder().encode(part) : new Uint8Array(part as ArrayBuffer);

/** Collects all that is written and gives it through `change` at the end. */
function changing(change: (whole: Bytes) => Bytes): TransformStream<Uint8Array, Uint8Array> {
  const pieces: Uint8Array[] = [];
  return new TransformStream({
    transform: (piece) => void pieces.push(Uint8Array.from(piece)),
    flush: (out) => out.enqueue(change(together(pieces))),
  });
}

export function streamsOf(native: Native): Readonly<Record<string, unknown>> {
  class SimBlob {
    readonly bytes: Bytes;
    constructor(parts: readonly unknown[]) {
      this.bytes = together(parts.map(bytesOf));
    }
    get size(): number {
      return this.bytes.length;
    }
    stream(): ReadableStream<Uint8Array> {
      return streamOf([this.bytes], null);
    }
    async arrayBuffer(): Promise<ArrayBuffer> {
      return this.bytes.slice().buffer;
    }
  }
  // A class whose constructor answers with a stream: `new` gives what it returns.
  const packer = (way: 'pack' | 'unpack') =>
    function (format: string) {
      return changing((whole) => native[way](format, whole));
    };
  return {
    Blob: SimBlob,
    CompressionStream: packer('pack'),
    DecompressionStream: packer('unpack'),
    Response: SimResponse,
  };
}

export function streamOf(
  pieces: readonly Uint8Array[],
  error: Error | null,
): ReadableStream<Uint8Array> {
  const left = [...pieces];
  return new ReadableStream({
    pull(out) {
      const piece = left.shift();
      if (piece) out.enqueue(piece);
      else if (error) out.error(error);
      else out.close();
    },
  });
}

export class SimResponse {
  constructor(private readonly stream: ReadableStream<Uint8Array>) {}

  async arrayBuffer(): Promise<ArrayBuffer> {
    const pieces: Uint8Array[] = [];
    const reader = this.stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return together(pieces).buffer;
      pieces.push(value);
    }
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer());
  }
}
