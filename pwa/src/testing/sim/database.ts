/** IndexedDB of one page: fake-indexeddb, whose connections die with their page. */

import { IDBKeyRange } from 'fake-indexeddb';
import type { Tab } from './tab-host';

/** What fake-indexeddb keeps inside its objects. */
interface RawTransaction {
  readonly _requests: readonly unknown[];
  readonly _started: boolean;
  readonly _state: string;
  readonly db: unknown;
  readonly mode: string;
  oncomplete: unknown;
  onabort: unknown;
  _abort(name: string): void;
}

interface RawConnection {
  readonly _rawDatabase: { readonly transactions: readonly RawTransaction[] };
  close(): void;
}

export interface Connection {
  /** The page is gone: what was asked in full may still be committed, the rest is rolled back. */
  die(commits: boolean): void;
  /** The browser closes the connection behind the page's back. */
  drop(): void;
}

function connectionOf(db: IDBDatabase): Connection {
  const raw = db as unknown as RawConnection;
  const open = () =>
    raw._rawDatabase.transactions.filter((tx) => tx.db === db && tx._state !== 'finished');
  return {
    die(commits) {
      for (const tx of open()) {
        tx.oncomplete = tx.onabort = null;
        const isWhole = tx._started && tx._requests.length === 0 && tx.mode === 'readwrite';
        if (!(commits && isWhole)) tx._abort('AbortError');
      }
      raw.close();
    },
    drop: () => raw.close(),
  };
}

export function databaseOf(tab: Tab): Readonly<Record<string, unknown>> {
  const open = (name: string, version: number) => {
    // Nobody hears of what a dead page asks.
    if (tab.dead) return {};
    const request = tab.profile.factory.open(name, version);
    const note = () => tab.connections.push(connectionOf(request.result));
    request.addEventListener('upgradeneeded', note);
    request.addEventListener('success', note);
    return request;
  };
  return { indexedDB: { open }, IDBKeyRange };
}
