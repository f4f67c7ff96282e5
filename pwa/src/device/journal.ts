/** The journal as the rest of the phone sees it; its worker does the writing. */

import { Trouble } from './trouble';

/** The error of a journal that could neither be written nor be cut back. */
export const UNCERTAIN = 'uncertain';

/** What lay in the files when they were opened. */
export interface Opened {
  readonly payloads: readonly Uint8Array<ArrayBuffer>[];
  /** Bytes of a torn record that were cut off. */
  readonly torn: number;
}

export interface Journal {
  /** null when there are no files and `create` is false. */
  open(create: boolean): Promise<Opened | null>;
  /** Resolves when the bytes are on the disk, with the place where they start. */
  append(payloads: readonly Uint8Array[]): Promise<number>;
  /** Cuts the journal back to a place that `append` gave. */
  cut(start: number): Promise<void>;
  /** The two copies of the last complete rows; null where there is none. Read only when needed. */
  readRows(): Promise<readonly (Uint8Array<ArrayBuffer> | null)[]>;
  /** Writes a copy of the rows into a slot; the caller takes the two in turn. */
  keepRows(payload: Uint8Array, slot: 1 | 2): Promise<void>;
}

export type JournalRequest =
  | { readonly op: 'open'; readonly create: boolean }
  | { readonly op: 'append'; readonly payloads: readonly Uint8Array[] }
  | { readonly op: 'cut'; readonly start: number }
  | { readonly op: 'read-rows' }
  | { readonly op: 'rows'; readonly payload: Uint8Array; readonly slot: 1 | 2 };

export interface JournalAnswer {
  readonly id: number;
  readonly value?: unknown;
  /** The name of what went wrong. */
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the worker. A worker that dies leaves every save unanswered: the save times out. */
export function journalInWorker(): Journal {
  const worker = new Worker(new URL('./journal-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  worker.onmessage = ({ data }: MessageEvent<JournalAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error === undefined) asked?.resolve(data.value);
    else asked?.reject(new Trouble(data.error));
  };
  worker.onerror = () => {
    for (const asked of waiting.values()) asked.reject(new Trouble(UNCERTAIN));
    waiting.clear();
  };
  const ask = <T>(request: JournalRequest): Promise<T> => {
    last += 1;
    const id = last;
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ id, request });
    });
  };
  return {
    open: (create) => ask({ op: 'open', create }),
    append: (payloads) => ask({ op: 'append', payloads }),
    cut: (start) => ask({ op: 'cut', start }),
    readRows: () => ask({ op: 'read-rows' }),
    keepRows: (payload, slot) => ask({ op: 'rows', payload, slot }),
  };
}
