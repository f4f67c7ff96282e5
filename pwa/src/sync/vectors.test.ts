/**
 * The rules that two languages share, by the vectors of sync/vectors: here in TypeScript.
 *
 * Method: every case of every file is one test; a runner turns its "in" into an answer, which must
 * be its "out" exactly, or a Problem with the code of its "error". A file without a runner fails.
 * tests/vectors/test_vectors.py runs the same files in Python.
 */

import { describe, expect, test } from 'vitest';
import { allocate } from './allocation';
import { formatYuan, parseYuan } from './amounts';
import * as books from './books';
import type { Leg } from './books';
import { canonicalBytes, canonicalString, sha256Hex } from './canonical';
import { capitals, chineseNumber } from './capitals';
import { daysPastDue, fiveTier, legacy, worseOf } from './classification';
import type { Grounds, Tier } from './classification';
import { pack, unpack } from './columns';
import { checkCharacters, showCode } from './crockford';
import { handFen, handOfAll, heldSince } from './custody';
import { dueOn } from './deposits';
import { bucketDigests, sumsDigest } from './digest';
import { checkBody, maySign } from './events';
import type { Signing } from './events';
import { guaranteeState } from './guarantee';
import type { Claim, Guarantee } from './guarantee';
import { FIELDS, VERSIONS } from './kinds';
import { expandBatch, extend } from './lane';
import type { Batch, Head, Link } from './lane';
import { lastInstalment, limitation } from './limitation';
import type { Interruption } from './limitation';
import { view } from './overlay';
import type { OwnEvent, Row } from './overlay';
import { Problem, problemText } from './problems';
import * as receiptStates from './receipt-states';
import * as receipts from './receipts';
import type { Book } from './receipts';
import { squeeze, unsqueeze } from './squeeze';
import { en } from '../text/en';
import { zh } from '../text/zh';
import { runBase45, runBundle, runFountain } from '../testing/courier';

type Given = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  readonly in: Given;
  readonly out?: unknown;
  readonly error?: string;
}

/** What a vector says of itself is believed here: a wrong shape makes the answer wrong. */
const as = <T>(value: unknown): T => value as T;

const FILES = import.meta.glob<{ readonly cases: readonly Case[] }>(
  '../../../sync/vectors/*.json',
  { eager: true },
);

function runAllocation(given: Given): unknown {
  return allocate(as(given.total_fen), as(given.due), as(given.order ?? undefined));
}

function runAmounts(given: Given): unknown {
  if ('fen' in given) return formatYuan(as(given.fen));
  if (!('rule_of' in given)) {
    const limits = { maxFen: as<number>(given.max_fen), zeroOk: as<boolean>(given.zero_ok) };
    return parseYuan(as(given.text), limits);
  }
  try {
    return parseYuan(as(given.rule_of));
  } catch (error) {
    return as<Problem>(error).details.rule;
  }
}

function runBooks(given: Given): unknown {
  const toLeg = ([account, amount_fen]: [string, number]): Leg => ({ account, amount_fen });
  const legs = as<[string, number][]>(given.legs ?? []).map(toLeg);
  if (given.op === 'cash') return books.cashOf(as(given.body));
  if (given.op === 'balances') return books.balances(legs);
  if (given.op === 'due') return books.dueFen(as(given.parts), as(given.known));
  if (given.op === 'excess') return books.excessFen(as(given.said_fen), as(given.booked_fen));
  if (given.op === 'target') {
    return books.targetFen(as(given.imported_fen), as(given.current_fen), as(given.on_top_fen));
  }
  if (given.op === 'contained') {
    const { as_of, posted_on, counted_on, matched_since } = given;
    return books.isContained(as(as_of), as(posted_on), as(counted_on), as(matched_since));
  }
  const moved = movementOf(given, legs);
  expect(moved.reduce((sum, leg) => sum + leg.amount_fen, 0)).toBe(0);
  return moved.map(({ account, amount_fen }) => [account, amount_fen]);
}

function movementOf(given: Given, legs: readonly Leg[]): readonly Leg[] {
  switch (given.op) {
    case 'receipt':
      return books.receiptLegs(as(given.body), as(given.officer));
    case 'over':
      return books.overLegs(as(given.loan), as(given.sum_fen), as(given.over_fen));
    case 'kept':
      return books.keptLegs(as(given.loan), as(given.kept_fen), as(given.held_fen));
    case 'refund':
      return books.refundLegs(as(given.loan), as(given.amount_fen));
    case 'suspense':
      return books.suspenseLegs(as(given.body), as(given.officer));
    case 'cleared':
      return books.clearedLegs(as(given.amount_fen));
    case 'undone':
      return books.undoneLegs(legs, as(given.officer), as(given.cash_from));
    case 'reversal':
      return books.reversal(legs);
    case 'import':
      return books.importLegs(as(given.loan), as(given.current), as(given.imported));
    case 'count':
      return books.countLegs(as(given.officer), as(given.expected_fen), as(given.counted_fen));
    case 'handover':
      return books.handoverLegs(as(given.giver), as(given.body), as(given.receiver));
    case 'deposit':
      return books.depositLegs(as(given.amount_fen));
    default:
      throw new Error(`no such operation: ${String(given.op)}`);
  }
}

async function runCanonical(given: Given): Promise<unknown> {
  const value: unknown = JSON.parse(as(given.json));
  return { text: canonicalString(value), sha256: await sha256Hex(canonicalBytes(value)) };
}

function runCapitals(given: Given): unknown {
  return 'fen' in given ? capitals(as(given.fen)) : chineseNumber(as(given.count));
}

function runCheckCharacters(given: Given): unknown {
  return 'hash' in given ? checkCharacters(as(given.hash)) : showCode(as(given.code));
}

function runClassification(given: Given): unknown {
  if ('by_days' in given) return worseOf(as<Tier>(given.by_days), as<Tier | null>(given.reviewed));
  if (given.legacy) return legacy(as(given.due_on), as(given.on), as<Grounds>(given));
  const days = daysPastDue(as(given.due_on), as(given.on));
  return { days, tier: fiveTier(days, as(given.thresholds)) };
}

function runColumns(given: Given): unknown {
  if (given.op === 'unpack') return plain(unpack(given.packed));
  const packed = pack(as(given.records));
  expect(plain(unpack(plain(packed)))).toStrictEqual(given.records);
  return packed;
}

/** As it comes out of JSON, with the usual prototypes. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function runCustody(given: Given): unknown {
  const log = as<OwnEvent[]>(given.log);
  const proofs = new Set(as<string[]>(given.proofs ?? []));
  if ('held_fen' in given) return heldSince(log, as(given.held_fen));
  if ('total_fen' in given) return handOfAll(as(given.total_fen), as(given.as_of), log, proofs);
  return handFen(log, as(given.counted_total_fen), proofs);
}

async function runDigest(given: Given): Promise<unknown> {
  const sums = new Map<string, string>();
  for (const [eid, row] of Object.entries(as<Given>(given.rows))) {
    sums.set(eid, await sha256Hex(canonicalBytes(row)));
  }
  const buckets = (await bucketDigests(sums)).map((digest, bucket) => [bucket, digest]);
  return {
    all: await sumsDigest(sums),
    buckets: Object.fromEntries(buckets.filter(([, digest]) => digest)),
  };
}

function runEvents(given: Given): unknown {
  if (given.table) return FIELDS;
  if (given.versions) return VERSIONS;
  const faults = checkBody(as(given.kind), as(given.sv), as(given.body));
  return faults.map(({ field, rule, reason }) => [field, rule, reason]);
}

function runGuarantee(given: Given): unknown {
  const [terms, claims] = [as<Guarantee>(given.terms), as<Claim[]>(given.claims)];
  return guaranteeState(as(given.due_on), terms, claims, as(given.today));
}

async function runLane(given: Given): Promise<unknown> {
  if (given.op === 'expand') {
    return (await expandBatch(as<Batch>(given.push))).map(({ hash }) => hash);
  }
  const { places, head } = extend(as<Head>(given.head), as<Link[]>(given.batch));
  return { places, head };
}

function runLimitation(given: Given): unknown {
  const { instalments, rest_days } = given;
  const found = limitation({
    due_on: instalments ? lastInstalment(as(instalments)) : as(given.due_on),
    loan_on: as(given.loan_on),
    events: as<Interruption[]>(given.events),
    today: as(given.today),
    isRestDay: (day) => as<string[]>(rest_days).includes(day),
  });
  return {
    ...found,
    used: found.used.map(({ ref }) => ref),
    refused: found.refused.map(({ event, reason }) => [event.ref, reason]),
  };
}

function runReceiptStates(given: Given): unknown {
  if (given.op === 'row') return receiptStates.receiptState(as(given));
  if (given.op === 'marks') return receiptStates.marksOf(as(given.book), as(given.states));
  if (given.op === 'shown') {
    const state = as<receiptStates.ReceiptState>(given.state);
    return { words: [zh.slip[state], en.slip[state]], sign: receiptStates.SIGNS[state] };
  }
  return receiptStates.slipState(as(given.verdict), as(given.mark));
}

function runReceipts(given: Given): unknown {
  const used = as<string[]>(given.used);
  if (given.op === 'printed') return receipts.printedNumber(as(given.no), as(given.hash));
  if (given.op === 'next_of') {
    const found = receipts.nextOf(as<Book[]>(given.books), used);
    return found && [found.book.from_no, found.receiptNo];
  }
  const book = receipts.requireBook(as<Book>(given.book));
  if (given.op === 'next') return receipts.nextNumber(book, used);
  if (given.op === 'remaining') return receipts.remaining(book, used);
  if (given.op === 'holes') return receipts.holes(book, used);
  return receipts.contains(book, as(given.no));
}

async function runSqueeze(given: Given): Promise<unknown> {
  const [body, before] = [as<Given>(given.body), as<string[]>(given.before)];
  if (given.op === 'unsqueeze') return unsqueeze(body, before);
  const squeezed = await squeeze(body, before);
  expect(await unsqueeze(squeezed, before)).toStrictEqual(body);
  return squeezed;
}

const RUNNERS: Readonly<Record<string, (given: Given) => unknown>> = {
  allocation: runAllocation,
  amounts: runAmounts,
  base45: runBase45,
  books: runBooks,
  bundle: runBundle,
  canonical: runCanonical,
  capitals: runCapitals,
  check_characters: runCheckCharacters,
  classification: runClassification,
  columns: runColumns,
  custody: runCustody,
  deposits: (given) => dueOn(as(given.since), as(given.rules), as(given.until)),
  digest: runDigest,
  events: runEvents,
  fountain: runFountain,
  guarantee: runGuarantee,
  lane: runLane,
  limitation: runLimitation,
  may_sign: (given) => maySign(as<Signing>(given)),
  overlay: (given) =>
    view(as(given.etype), as<Row>(given.row), as(given.as_of), as<OwnEvent[]>(given.events)),
  problems: (given) => problemText(as(given.code), as(given.details)),
  receipt_states: runReceiptStates,
  receipts: runReceipts,
  squeeze: runSqueeze,
};

/** The code of the Problem that a case ends in. Anything else it throws is a failure. */
async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return 'it was not refused';
}

for (const [path, { cases }] of Object.entries(FILES)) {
  const file = path.replace(/^.*\/|\.json$/g, '');
  describe(file, () => {
    test.each(cases)('it gives the answer: $name', async (vector) => {
      const runner = RUNNERS[file];
      if (!runner) throw new Error(`write a runner for ${file}.json, here and in test_vectors.py`);

      if (vector.error === undefined) {
        expect(await runner(vector.in)).toStrictEqual(vector.out);
      } else {
        expect(await codeOf(() => runner(vector.in))).toBe(vector.error);
      }
    });
  });
}

test('it has a file for every runner', () => {
  const files = Object.keys(FILES).map((path) => path.replace(/^.*\/|\.json$/g, ''));

  expect(files.sort()).toStrictEqual(Object.keys(RUNNERS).sort());
});
