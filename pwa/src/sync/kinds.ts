/** What each kind of event says: its fields, in the words of fields.ts. Mirrors sync/kinds.py. */

import type { Rules } from './fields';

const SIGNERS = 'debtor|co_borrower|guarantor|adult_relative|authorised_person|neighbour|other';
const PAYERS = 'debtor|co_borrower|guarantor|adult_relative|heir|other';
const MET = 'debtor|co_borrower|guarantor|adult_relative|other|nobody';
const OUTCOMES =
  'met|not_home|away_for_work|refused_to_talk|moved|lost_contact' +
  '|deceased_to_verify|asked_to_leave';
const UNSIGNED =
  'AWAY_MIGRANT_WORK|NOT_HOME|REFUSED|DISPUTES_DEBT|MOVED|DECEASED|LOST_CONTACT|OTHER|UNSTATED';

const SIGNATURE: Rules = { w: 'int:1:10000', h: 'int:1:10000', strokes: 'strokes' };
const PLACE: Rules = {
  lat_udeg: 'int:-90000000:90000000',
  lon_udeg: 'int:-180000000:180000000',
  accuracy_m: 'int:0:10000000',
  age_s: 'int:0:10000000',
};
const SHOWN_BALANCE: Rules = { 'principal_fen?': 'int', 'interest_fen?': 'int', 'as_of?': 'date' };

/** Pieces by their worth in fen. */
const PIECES: Rules = Object.fromEntries(
  [10, 50, 100, 500, 1000, 2000, 5000, 10000].map((fen) => [fen, 'int:0:100000']),
);

/** kind -> field -> rule, in the newest version of each kind. */
export const FIELDS: Readonly<Record<string, Rules>> = {
  'lane.opened': { device: 'id', code: 'id', key_alg: 'one:ES256', 'replaces?': 'hex:32' },
  'key.rotated': { device: 'id', alg: 'one:ES256', public_key: 'text:120' },
  'visit.started': {
    household: 'id',
    'stop?': 'id',
    purpose: 'list:text:40',
    'second_person?': 'text:100',
    'place?': PLACE,
    'place_reason?': 'text',
  },
  'visit.outcome': {
    household: 'id',
    met: `one:${MET}`,
    'met_name?': 'text:100',
    'met_relation?': 'text:100',
    outcome: `one:${OUTCOMES}`,
    'away_place?': 'text:100',
    'note?': 'text',
  },
  'notice.made': {
    notice_no: 'id',
    loan: 'id',
    household: 'id',
    addressee: 'text:100',
    addressee_role: 'one:borrower|co_borrower|guarantor',
    template: 'id',
    template_v: 'int:1:1000000',
    made_on: 'date',
    text: 'text:4000',
    text_hash: 'hex:64',
    'principal_fen?': 'int',
    'interest_fen?': 'int',
    'as_of?': 'date',
  },
  'notice.served': {
    notice_no: 'id',
    made: 'hex:64',
    loan: 'id',
    household: 'id',
    way: 'one:signed',
    signer_role: `one:${SIGNERS}`,
    signer_name: 'text:100',
    'relation?': 'text:100',
    lives_here: 'bool',
    adult: 'bool',
    signed_on: 'date',
    agrees_to_perform: 'bool',
    signature: SIGNATURE,
    'photo?': 'hex:64',
    'second_person?': 'text:100',
  },
  'notice.unsigned': {
    'notice_no?': 'id',
    household: 'id',
    'loan?': 'id',
    reason: `one:${UNSIGNED}`,
    'away_place?': 'text:100',
    'note?': 'text',
  },
  'cash.receipt': {
    receipt_no: 'id',
    book: 'id',
    loan: 'id',
    household: 'id',
    amount_fen: 'amount',
    principal_fen: 'fen',
    interest_fen: 'fen',
    penalty_fen: 'fen',
    cost_fen: 'fen',
    words: 'text:100',
    payer_name: 'text:100',
    payer_role: `one:${PAYERS}`,
    'on_behalf_of?': 'text:100',
    method: 'one:cash|transfer|cheque',
    'evidence_no?': 'id',
    'corrects?': 'hex:64',
    'second_person?': 'text:100',
    'split_reason?': 'text',
    shown_balance: SHOWN_BALANCE,
    'signature?': SIGNATURE,
  },
  'cash.void': {
    target: 'hex:64',
    receipt_no: 'id',
    reason: 'text',
    money_returned: 'bool',
    'second_person?': 'text:100',
  },
  'custody.handed': {
    to: 'id',
    amount_fen: 'int:0',
    expected_fen: 'int:0',
    denominations: PIECES,
    'cause?': 'text:200',
    handover: 'hex:32',
  },
  'custody.taken': {
    handed: 'hex:64',
    from: 'id',
    into: 'one:hand|vault',
    amount_fen: 'int:0',
    expected_fen: 'int:0',
    denominations: PIECES,
    variance_fen: 'int',
    'cause?': 'text:200',
  },
  'intention.recorded': { household: 'id', loan: 'id', 'note?': 'text' },
  'promise.made': {
    household: 'id',
    loan: 'id',
    amount_fen: 'amount',
    due_on: 'date',
    'cause?': 'text',
    supersedes: 'list:hex:64',
  },
  'cash.suspect_noted': {
    household: 'id',
    'loan?': 'id',
    denomination_fen: 'int:1:10000',
    'serial?': 'text:40',
    'note?': 'text',
  },
  'attachment.added': {
    sha256: 'hex:64',
    size: 'int:1:524288',
    media_type: 'id',
    role: 'one:notice_photo|receipt_photo|place_photo',
    'about?': 'hex:64',
    'taken_at?': 'int:0',
  },
};

/** The kinds that are past version 1; the server keeps the steps from the older ones. */
export const VERSIONS: Readonly<Record<string, number>> = {
  'attachment.added': 2,
  'cash.receipt': 2,
};

/** The version of a kind that is written now, and that FIELDS describes. */
export const versionOf = (kind: string): number => VERSIONS[kind] ?? 1;
