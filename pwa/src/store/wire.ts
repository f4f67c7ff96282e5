/** The forms that travel between phone and server, word for word as they stand on the wire. */

import type { Packed } from '../sync/columns';
import type { Batch } from '../sync/lane';
import type { Incident } from './meta';

/** A batch of events, and after a wipe the key that signs from its first event on. */
export interface Push extends Batch {
  readonly new_key?: string;
}

/** The version of the rows that this build reads. */
export const PROJECTION = 1;

/** By entity type, the digests of 256 buckets of rows. */
export type Repair = Readonly<Record<string, readonly string[]>>;

export interface Pulling {
  readonly cursor: string | null;
  readonly limit_bytes: number;
  readonly projection: typeof PROJECTION;
  readonly repair: Repair | null;
}

/** The newest word of a phone about itself. */
export interface Beacon {
  readonly lane: string;
  readonly head_seq: number;
  /** The first 16 characters. */
  readonly head_hash: string;
  readonly hand_fen: number;
  readonly at: number;
}

export interface SyncRequest {
  readonly req_id: string;
  readonly sent_at: number;
  readonly push: Push | null;
  readonly pull: Pulling | null;
  readonly beacon: Beacon | null;
  readonly incidents: readonly Incident[];
}

/** One row of a page, once it is out of its columns. */
export interface WireRow {
  readonly etype: string;
  readonly eid: string;
  readonly tick: number;
  readonly op: 'upsert' | 'evict';
  readonly row?: Readonly<Record<string, unknown>> | null;
}

type Judged = readonly [verdict: string, reason: string | null, needs: string | null];

/** A verdict on the events of a lane from one number to another; the hash is that of the last. */
export type Run = readonly [from: number, to: number, hash16: string, tick: number, ...Judged];

export interface WirePage {
  readonly reset: boolean;
  readonly cursor: string;
  readonly complete: boolean;
  readonly rows: Packed;
  readonly verdicts: readonly (readonly [lane: string, runs: readonly Run[]])[];
  readonly alone: readonly (readonly [hash: string, tick: number, ...Judged])[];
  readonly digest: Readonly<Record<string, string>> | null;
  readonly repair: Readonly<Record<string, readonly number[]>> | null;
}

/** What the server knows of one lane of this device. */
export interface LaneSaid {
  readonly lane: string;
  readonly head_seq: number;
  readonly head_hash: string;
  readonly archived_seq: number;
  readonly settled_seq: number;
  readonly settled_hash: string | null;
}

export type Took = readonly (readonly [count: number, ...Judged, isRepeat: boolean])[];

/** The second line of an answer. */
export interface Said {
  readonly req_id: string;
  readonly epoch: string;
  readonly now: number;
  readonly anchor: { readonly tick: number; readonly mac: string } | null;
  readonly lanes: readonly LaneSaid[];
  readonly took: Took | null;
  readonly error: string | null;
}

export interface SyncAnswer {
  readonly page: WirePage | null;
  readonly said: Said;
}

export interface EnrolAnswer {
  readonly device: string;
  readonly lane: { readonly id: string; readonly code: string };
  readonly officer: { readonly id: string; readonly name: string };
  readonly branch: { readonly id: string; readonly name: string };
  readonly ack_secret: string;
  readonly server_key?: string;
  readonly ticket?: string;
  readonly epoch: string;
  readonly now: number;
}
