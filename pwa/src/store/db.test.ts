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

test('it gives way to a newer build, and says when an older one stands in its way', async () => {
  emptyStorage();
  const old = await opened(1);
  let blocked = 0;

  const opening = openDb(() => {
    blocked += 1;
    old.close();
  });
  const db = await opening;
  const newer = await opened(99);

  expect(blocked).toBe(1);
  expect(newer.version).toBe(99);
  expect(() => db.transaction('log')).toThrow();
});

/** The database as some build opens it that knows nothing of our rules. */
function opened(version: number): Promise<IDBDatabase> {
  const request = indexedDB.open('doorstep', version);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no answer'));
  });
}
