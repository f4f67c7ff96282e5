/** What the world does to us: one error with a code, which the screens turn into words. */

export class Trouble extends Error {
  override readonly name = 'Trouble';
  constructor(
    /** HeadMoved, no_signal, mac_wrong, ... or a code of the server. */
    readonly code: string,
    readonly more: TroubleDetails = {},
  ) {
    super(code);
  }
}

export interface TroubleDetails {
  /** What the server said to the person. */
  readonly refusal?: Refusal;
  /** How long the server asks us to stay away, in milliseconds. */
  readonly retryAfterMs?: number | null;
}

/** How the server refuses a request: a code, and what to tell the person. */
export interface Refusal {
  readonly code: string;
  readonly message?: string;
  readonly message_en?: string;
  readonly next?: string;
  readonly next_en?: string;
}

/** The code of an error, or that of a failure of this phone itself. */
export const codeOf = (error: unknown): string =>
  error instanceof Trouble ? error.code : 'phone_trouble';
