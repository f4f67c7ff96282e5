/**
 * The rules the phone asks before cash changes hands, beyond the vectors: what must hold of any
 * amount, any book and any log.
 *
 * Method: all amounts of a range, a whole book, and every prefix of a day's log.
 */

import { describe, expect, test } from 'vitest';
import { allocate, DEFAULT_ORDER } from './allocation';
import { formatYuan, parseYuan } from './amounts';
import { capitals } from './capitals';
import { normalCode } from './crockford';
import { checkMayTake, handFen } from './custody';
import { addDays, addMonths, daysBetween, isDate } from './dates';
import { checkBody, signedTooEarly } from './events';
import { checkFields } from './fields';
import { colourOf, limitation } from './limitation';
import { foldState, view } from './overlay';
import type { OwnEvent } from './overlay';
import { PARTS } from './parts';
import { Problem, problemText } from './problems';
import { nextNumber, numberOf } from './receipts';

function slip(hash: string, fen: number): OwnEvent {
  const body = { loan: 'L1', household: 'W14', amount_fen: fen, principal_fen: fen };
  return { hash, kind: 'cash.receipt', body, occurred_on: '2026-03-02' };
}

function undo(hash: string, target: string): OwnEvent {
  return { hash, kind: 'cash.void', body: { target }, occurred_on: '2026-03-02' };
}

describe('amounts', () => {
  test('it reads back every amount it writes, and writes no two alike', () => {
    const words = new Set<string>();
    for (let fen = 1; fen <= 20_000; fen += 1) {
      expect(parseYuan(formatYuan(fen))).toBe(fen);
      words.add(capitals(fen));
    }

    expect(words.size).toBe(20_000);
  });

  test('it splits to the fen', () => {
    for (let total = 1; total <= 300; total += 1) {
      const parts = allocate(total, { principal: 100, interest: 70, penalty: 13, cost: 9 });

      expect(PARTS.reduce((sum, part) => sum + parts[part], 0)).toBe(total);
    }
    expect([...DEFAULT_ORDER].sort()).toStrictEqual([...PARTS].sort());
  });

  test.each([1.5, Number.NaN, -1, 2 ** 53])('it has no capitals for %s', (fen) => {
    expect(() => capitals(fen)).toThrow(Problem);
  });
});

describe('a receipt book', () => {
  test('it gives every number once, in order, and then none', () => {
    const book = { prefix: 'SJ', from_no: 101, to_no: 150, width: 6 };
    const used: string[] = [];
    for (let no = nextNumber(book, used); no !== null; no = nextNumber(book, used)) used.push(no);

    expect(used).toHaveLength(50);
    expect(used.at(-1)).toBe(numberOf(book, 150));
  });
});

describe('cash in hand', () => {
  test('it is the same whatever the server has said of the receipts', () => {
    const log = [slip('a', 700), slip('b', 300), undo('c', 'a')];
    const judged = log.map((event) => ({ ...event, verdict: 'applied', tick: 5 }));

    expect(handFen(log)).toBe(300);
    expect(handFen(judged)).toBe(300);
    expect(handFen(log, 300)).toBe(0);
  });

  test.each([
    [100, 0, null],
    [101, 0, 'over_receipt_limit'],
    [100, 400, null],
    [100, 401, 'over_hand_limit'],
  ])('it says before %d fen are taken to %d what stops them', (amount, held, code) => {
    const limits = { receipt_max_fen: 100, hand_max_fen: 500 };

    expect(checkMayTake(amount, held, limits)).toBe(code);
  });
});

describe('the overlay', () => {
  test('it shows one balance while verdicts and rows arrive one by one', () => {
    const log = [slip('a', 700), slip('b', 300), undo('c', 'a'), slip('d', 50)];
    const applied = [1000, 300, 0, 700, 650];
    for (let tick = 0; tick <= log.length; tick += 1) {
      const known = log.map((event, at) =>
        at < tick ? { ...event, verdict: 'applied', tick: at + 1 } : event,
      );
      const row = { id: 'L1', principal_fen: applied[tick] ?? 0 };

      expect(view('loan', row, tick, known).principal_fen).toBe(650);
    }
  });

  test('it changes neither the row nor the log', () => {
    const row = { id: 'L1', principal_fen: 1000 };
    const log = [slip('a', 700)];
    const before = JSON.stringify([row, log]);

    view('loan', row, 0, log);

    expect(JSON.stringify([row, log])).toBe(before);
  });

  test('it keeps the later of two days', () => {
    const state = { outcome: null, reason: null, intention: false, visited_on: '2026-03-05' };

    expect(foldState(state, slip('a', 1)).visited_on).toBe('2026-03-05');
  });
});

describe('dates', () => {
  test('it counts days over years, leap days and the turn of a century', () => {
    expect(daysBetween('2000-02-28', '2000-03-01')).toBe(2);
    expect(daysBetween('2100-02-28', '2100-03-01')).toBe(1);
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('0099-12-31', 1)).toBe('0100-01-01');
    expect(addMonths('2025-03-31', -1)).toBe('2025-02-28');
  });

  test.each(['2026-02-30', '2026-2-03', '0000-01-01', '2026-02-03\n', '２０２６-02-03', 20260203])(
    'it takes %s for no date',
    (value) => {
      expect(isDate(value)).toBe(false);
    },
  );
});

test('it refuses rules that it cannot read', () => {
  expect(() => checkFields({ a: 'colour' }, { a: 1 })).toThrow('no reader');
});

test('it quarantines a body that is too large', () => {
  const [fault] = checkBody('intention.recorded', 1, { note: 'x'.repeat(70_000) });

  expect(fault?.rule).toBe('event_bytes_max');
});

test('it knows a blank form signed in advance', () => {
  expect(signedTooEarly('2026-03-02', '2026-03-01')).toBe(true);
  expect(signedTooEarly('2026-03-02', '2026-03-02')).toBe(false);
});

test('it does not roll over rest days for ever', () => {
  const debt = { due_on: '2023-06-30', loan_on: null, events: [], today: '2026-01-01' };

  expect(() => limitation({ ...debt, isRestDay: () => true })).toThrow('has an end');
  expect([60, 61, 180, 181].map(colourOf)).toStrictEqual(['red', 'amber', 'amber', 'green']);
});

test('it says nothing for a code that is not for the phone', () => {
  expect(problemText('import_refused')).toBeNull();
  expect(problemText('constructor')).toBeNull();
  expect(new Problem('code_unknown').message).toContain('code_unknown');
});

test.each(['', 'ABC', '0123ABCDE', 'UUUUUUUU', 'ßßßß'])('it takes %s for no code', (typed) => {
  expect(() => normalCode(typed)).toThrow(Problem);
});
