/** What may be forgotten. Method: a photo in every state, archived and not. */

import { expect, test } from 'vitest';
import type { StoredBlob } from './db';
import { mayForget } from './forget';

const photo = { lane: 'a', seq: 5, state: 'stored' } as const;
const archived = new Map([['a', 5]]);

test('it forgets bytes that the server has and that are archived with their event', () => {
  expect(mayForget(photo, archived, { archived: true })).toBe(true);
});

test.each(['waiting', 'quarantined', 'refused'] as StoredBlob['state'][])(
  'it forgets no bytes that are %s',
  (state) => {
    expect(mayForget({ ...photo, state }, archived, { archived: true })).toBe(false);
  },
);

test('it forgets nothing that only the server has, or whose event only it has (peers 5)', () => {
  expect(mayForget(photo, archived, { archived: false })).toBe(false);
  expect(mayForget(photo, new Map([['a', 4]]), { archived: true })).toBe(false);
  expect(mayForget(photo, new Map([['b', 9]]), { archived: true })).toBe(false);
});
