/**
 * A phone that its server does not know any more shows the ticket of its enrolment. Method: a line
 * that refuses as such a server does, and hands on to a good one once the ticket was shown.
 */

import { beforeEach, expect, test } from 'vitest';
import { fromUtf8, hmac } from '../device/bytes';
import { emptyStorage } from '../store/testing';
import { answerOf, aVisit, enrolledPhone, SECRET } from '../testing/fakes';
import type { Bench } from '../testing/fakes';
import { FakeServer } from '../testing/server';
import { record } from './record';
import { makeSync } from './sync';

let bench: Bench;
let server: FakeServer;

beforeEach(async () => {
  emptyStorage();
  bench = await enrolledPhone();
  server = new FakeServer();
  await record(bench.phone, { facts: [aVisit('W01')], lines: [] });
});

async function run(): Promise<string | null> {
  const sync = makeSync(bench.phone);
  await sync.run();
  return sync.state.value.code;
}

test('it shows its ticket to a server that has never heard of it, once, and goes on', async () => {
  const shown: string[] = [];
  bench.line = async (ask) => {
    if (ask.path === '/v1/readmit') {
      shown.push(fromUtf8(ask.body!));
      expect(ask.headers['Doorstep-Resume']).toBe(await hmac(SECRET, ask.body!));
      return answerOf(null, 204);
    }
    return shown.length > 0 ? server.line(ask) : answerOf({ code: 'device_unknown' }, 401);
  };

  expect(await run()).toBeNull();

  expect(shown).toEqual(['{"ticket":"a ticket"}']);
  expect(server.events.size).toBe(2);
});

test('it says that nobody knows it when its ticket is not taken either', async () => {
  let asked = 0;
  bench.line = async ({ path }) => {
    asked += Number(path === '/v1/readmit');
    return answerOf({ code: 'device_unknown' }, 401);
  };

  expect(await run()).toBe('device_unknown');

  expect(asked).toBe(1);
  expect(bench.phone.unsent.value).toHaveLength(2);
});
