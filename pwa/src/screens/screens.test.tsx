/** Screens that protect somebody. Method: drawn into a document, and read as the officer would. */

import { cleanup, render, screen as page } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyStorage } from '../store/testing';
import { LongList } from '../parts/long-list';
import { News } from '../parts/news';
import { enrolledPhone } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { giveRoute } from '../testing/route';
import { beginVisit } from '../state/actions';
import { showPhone } from '../state/shown';
import { tell } from '../state/phone';
import { holdPhone, lostAll } from '../state/start';
import { draftWith, openVisits, visitDraft, visitDraftName } from '../state/visits';
import { papers } from '../text/papers';
import { setWords } from '../text/words';
import { zh } from '../text/zh';
import { Cash } from './cash';
import { Enrol } from './enrol';
import { Household } from './household';
import { NotSaved } from './not-saved';
import { Visit } from './visit';

let bench: Bench;

beforeEach(async () => {
  emptyStorage();
  setWords({ ...zh, papers });
  bench = await enrolledPhone();
  await giveRoute(bench);
  holdPhone(bench.phone);
  showPhone();
});

afterEach(cleanup);

async function visitWith(second_person: string | null, met: string): Promise<string> {
  const begin = { household: 'W01', stop: null, second_person, place: null };
  await beginVisit(bench.phone, { ...begin, place_reason: 'indoors' }, []);
  const { visit } = openVisits(bench.phone.log.value)[0]!;
  draftWith(bench.phone, visitDraftName(visit), visitDraft(bench.phone, visit))[1]({ met });
  return visit;
}

const shownWords = (): string => document.body.textContent ?? '';
const isOff = (id: string): boolean => page.getByTestId<HTMLButtonElement>(id).disabled;

test('it shows the debtor what he owes, and offers the papers', async () => {
  render(<Visit visit={await visitWith('officer-2', 'debtor')} />);

  expect(shownWords()).toContain('¥1,000');
  expect(isOff('make-notice')).toBe(false);
  expect(isOff('take-cash')).toBe(false);
});

test('it shows a stranger no amount and gives him no paper', async () => {
  render(<Visit visit={await visitWith('officer-2', 'other')} />);

  expect(shownWords()).not.toContain('¥1,000');
  expect(page.queryByTestId('make-notice')).toBeNull();
  expect(page.queryByTestId('take-cash')).toBeNull();
});

test('it locks signature and cash for an officer who is alone', async () => {
  render(<Visit visit={await visitWith(null, 'debtor')} />);

  expect(isOff('make-notice')).toBe(true);
  expect(isOff('take-cash')).toBe(true);
  expect(isOff('intention-open')).toBe(false);
});

test('it takes no cash when there is no number left', async () => {
  const rows = new Map(bench.phone.rows.value);
  rows.delete('book');
  bench.phone.rows.value = rows;

  render(<Cash visit={await visitWith('officer-2', 'debtor')} loan="L1" counting={false} />);

  expect(page.getByTestId('no-numbers').textContent).toContain('不能收现金');
});

test('it shows on the red screen what to write into the book', () => {
  const lines = ['收现金 ¥700 柒佰元整', '测六贵'];

  render(<NotSaved failed={{ lines, certain: true, cause: 'too_slow' }} />);

  expect(shownWords()).toContain('没有保存');
  for (const line of lines) expect(shownWords()).toContain(line);
});

test('it draws a screenful of a list of two thousand', () => {
  const items = Array.from({ length: 2_000 }, (_, at) => String(at));

  render(
    <LongList items={items} rowHeight={92} keyOf={(item) => item}>
      {(item) => <span>{item}</span>}
    </LongList>,
  );

  expect(page.getAllByRole('listitem').length).toBeLessThan(40);
});

test('it tells who takes a household over what may be missing', async () => {
  const last_seen_at = Date.UTC(2026, 2, 1, 4);
  const row = { id: 'W01', household_id: 'W01', from_officer: '张敏', last_seen_at };
  const stored = { etype: 'handover', eid: 'W01', tick: 2, row, sum: '' };
  const rows = new Map(bench.phone.rows.value);
  bench.phone.rows.value = rows.set('handover', new Map([['W01', stored]]));

  render(<Household id="W01" />);

  expect(page.getByTestId('handed-over').textContent).toContain('张敏');
  expect(page.getByTestId('handed-over').textContent).toContain('3月1日 12:00');
  cleanup();
  render(<Household id="W02" />);
  expect(page.queryByTestId('handed-over')).toBeNull();
});

test.each([
  ['forked', 0, null, '另外编号'],
  ['lost_some', 7, 'SJ000107', '丢失了 7 条记录'],
  ['epoch', 3, null, '您不用做什么'],
] as const)('it says that memory went back: %s', async (kind, records, slip, words) => {
  await tell(bench.phone, { kind, records, receipt_no: slip });
  const drawn = render(<News />);

  expect(shownWords()).toContain(words);
  if (slip) expect(shownWords()).toContain(slip);
  page.getByTestId('news-seen').click();
  await expect.poll(() => bench.phone.news.value).toBeNull();
  drawn.rerender(<News />);
  expect(page.queryByTestId(`news-${kind}`)).toBeNull();
});

test('it says at the enrolment what the phone had before it lost all', () => {
  bench.sentinel.text = JSON.stringify({ lane: 'a', seq: 41, hash: 'f', receipt_no: 'SJ000107' });
  lostAll.value = true;

  render(<Enrol />);

  lostAll.value = false;
  const words = page.getByTestId('lost-all').textContent;
  expect(words).toContain('41');
  expect(words).toContain('SJ000107');
});
