/** For tests: a database in memory in place of the browser's. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';

/** Forget everything that is stored: each test starts with an empty phone. */
export function emptyStorage(): void {
  globalThis.indexedDB = new IDBFactory();
  localStorage.clear();
}
