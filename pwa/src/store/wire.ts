/** The forms that travel between phone and server, word for word as they stand on the wire. */

import type { Batch } from '../sync/lane';

/** A batch of events, and after a wipe the key that signs from its first event on. */
export interface Push extends Batch {
  readonly new_key?: string;
}

export interface SyncRequest {
  readonly req_id: string;
  readonly sent_at: number;
  readonly push: Push | null;
  readonly pull: { readonly cursor: string | null; readonly limit_bytes: number } | null;
}

export interface WireRow {
  readonly etype: string;
  readonly eid: string;
  readonly tick: number;
  readonly op: 'upsert' | 'evict';
  readonly row?: Readonly<Record<string, unknown>> | null;
}

export interface WireVerdict {
  readonly hash: string;
  readonly verdict: string;
  /** Of a duplicate: what was said the first time. */
  readonly first?: string;
  readonly reason?: string | null;
  readonly tick?: number | null;
}

export interface PullPage {
  readonly reset: boolean;
  readonly rows: readonly WireRow[];
  readonly verdicts: readonly WireVerdict[];
  readonly cursor: string;
  readonly complete: boolean;
  readonly digest?: Readonly<Record<string, string>> | null;
}

export interface SyncAnswer {
  readonly req_id: string;
  readonly epoch: string;
  readonly now: number;
  readonly anchor: { readonly tick: number; readonly mac: string } | null;
  readonly ack: {
    readonly lane: string;
    readonly head_seq: number;
    readonly head_hash: string;
    readonly mac: string;
  } | null;
  readonly verdicts: readonly WireVerdict[];
  readonly pull: PullPage | { readonly error: string } | null;
}

export interface EnrolAnswer {
  readonly device: string;
  readonly lane: { readonly id: string; readonly code: string };
  readonly officer: { readonly id: string; readonly name: string };
  readonly branch: { readonly id: string; readonly name: string };
  readonly ack_secret: string;
  readonly epoch: string;
  readonly now: number;
}
