/** The rows of the feed as the screens read them. The wire's names, the wire's units. */

import type { DepositRule } from '../sync/deposits';

export interface MeRow {
  readonly id: string;
  readonly name: string;
  readonly branch_name: string;
  readonly branch_code: string;
  readonly colleagues: readonly { readonly id: string; readonly name: string }[];
  readonly cashiers?: readonly { readonly id: string; readonly name: string }[];
  readonly is_cashier?: boolean;
  /** Public keys by officer, where the branch has few enough phones. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
  readonly counted_total_fen?: number;
  /** Over all lanes of an officer who has several. */
  readonly hand_total_fen?: number | null;
  /** The day to which the supervisor has let her keep cash, the latest ever. */
  readonly deposit_until?: string | null;
  readonly settings: Settings;
}

export interface Settings {
  readonly allocation: readonly string[];
  readonly receipt_max_fen: number;
  readonly hand_max_fen: number;
  readonly deposit_rules?: readonly DepositRule[];
  /** False where officers take transfers and cheques only. */
  readonly takes_cash?: boolean;
  readonly visit_from: string;
  readonly visit_to: string;
  readonly institution: string;
  readonly contact_phone: string | null;
}

export interface VillageRow {
  readonly id: string;
  readonly name: string;
  readonly area_name: string;
  readonly position: number;
}

export interface HouseholdState {
  readonly outcome: 'CASH' | 'SIGNED' | 'UNSIGNED' | null;
  readonly reason?: string | null;
  readonly intention: boolean;
  readonly visited_on?: string | null;
}

export interface HouseholdRow {
  readonly id: string;
  readonly name: string;
  readonly village_id: string | null;
  readonly village: string | null;
  readonly natural_village?: string | null;
  readonly kind: string;
  readonly phone?: string | null;
  readonly state: HouseholdState | null;
}

export interface LoanRow {
  readonly id: string;
  readonly household_id: string;
  readonly contract_no: string | null;
  readonly borrower_name: string;
  readonly guarantor_name?: string | null;
  readonly principal_fen: number | null;
  readonly interest_fen?: number | null;
  readonly penalty_fen?: number | null;
  readonly cost_fen?: number | null;
  /** Taken beyond what was due, and owed back to the borrower. */
  readonly credit_fen?: number;
  readonly as_of: string | null;
  readonly loan_on?: string | null;
  readonly due_on?: string | null;
  readonly limitation: { readonly status: string; readonly ends_on?: string | null } | null;
  readonly class_five?: string | null;
  readonly days_past_due?: number | null;
}

export interface StopRow {
  readonly id: string;
  readonly household_id: string;
  readonly village_id: string | null;
  readonly day: string;
  readonly position: number;
}

/** The household came from another officer, whose phone may hold receipts that have not come. */
export interface HandoverRow {
  readonly household_id: string;
  readonly from_officer: string;
  /** When that phone was last in touch, ms UTC. */
  readonly last_seen_at: number;
}

export interface BookRow {
  readonly id: string;
  readonly prefix: string;
  readonly from_no: number;
  readonly to_no: number;
  readonly width: number;
  readonly lane: string;
  readonly state: string;
  /** How each number stands, one character each from the first on; the end may be missing. */
  readonly marks?: string;
}

/** What a row says about our own events that are laid over it. */
export interface Laid {
  readonly pending: readonly string[];
  readonly under_review: readonly {
    readonly hash: string;
    readonly kind: string;
    readonly verdict: string;
    readonly reason?: string | null;
  }[];
}

export const DEFAULTS: Settings = {
  allocation: ['cost', 'penalty', 'interest', 'principal'],
  receipt_max_fen: 50_000_00,
  hand_max_fen: 100_000_00,
  visit_from: '08:00',
  visit_to: '20:00',
  institution: '',
  contact_phone: null,
};
