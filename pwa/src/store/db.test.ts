/** The database of a phone that was enrolled with an older build keeps what it holds. */

import { beforeEach, expect, test } from 'vitest';
import { emptyStorage } from './testing';
import { openDb, read } from './db';

beforeEach(emptyStorage);

test('it adds the stores of a newer build, and keeps what was there', async () => {
  const old = indexedDB.open('doorstep', 1);
  await new Promise((resolve) => {
    old.onupgradeneeded = () => {
      for (const name of ['log', 'head', 'rows', 'staged', 'verdicts', 'blobs']) {
        old.result.createObjectStore(name);
      }
      old.result.createObjectStore('drafts');
      old.result.createObjectStore('meta').put(7, 'boot');
    };
    old.onsuccess = resolve;
  });
  old.result.close();

  const db = await openDb();

  expect(await read(db, 'meta').get('boot')).toBe(7);
  expect(await read(db, 'bundles').getAll()).toEqual([]);
});
