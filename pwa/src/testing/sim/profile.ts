/**
 * The storage of one phone, and the queue of everything that happens in it.
 *
 * A step is one task of the database, one message between page and worker, or one operation on
 * a file. The scheduler decides after how many steps the page is held, or dies.
 */

import { IDBFactory } from 'fake-indexeddb';
import { Files } from './files';
import { Locks } from './locks';
import type { Tab } from './tab-host';

/** Thrown through the code of a page that dies in the middle of an operation. */
export class Killed extends Error {}

interface Task {
  readonly run: () => void;
  readonly tab: Tab | null;
}

export type Trouble = 'full' | 'files_full' | 'silent' | 'not_persisted';

export class Profile {
  factory = new IDBFactory();
  readonly files = new Files(this);
  readonly local = new Map<string, string>();
  readonly caches = new Map<string, Map<string, string>>();
  readonly locks = new Locks();
  readonly troubles = new Set<Trouble>();
  tabs: Tab[] = [];
  /** How far this phone's clock is ahead of the true time, in milliseconds. */
  ahead = 0;
  /** Steps until the page is held or dies. */
  left = Infinity;
  dies = false;
  /** How much of the operation in which it dies still happens, from 0 to 1. */
  torn = 0;
  private tasks: Task[] = [];

  constructor(readonly name: string) {}

  queue(run: () => void, tab: Tab | null = null): void {
    this.tasks.push({ run, tab });
  }

  /** A step inside an operation: true when the power ends here. */
  step(): boolean {
    this.left -= 1;
    return this.dies && this.left < 0;
  }

  /** Runs one task; false when there is none, or none that may run. */
  next(): boolean {
    this.tasks = this.tasks.filter(({ tab }) => !tab?.dead);
    if (this.tasks.length === 0 || (this.troubles.has('silent') && !this.isAbandoned())) {
      return false;
    }
    const [task] = this.tasks.splice(0, 1);
    task?.run();
    return true;
  }

  get waits(): boolean {
    return this.tasks.some(({ tab }) => !tab?.dead);
  }

  private isAbandoned(): boolean {
    return this.tabs.every((tab) => tab.dead);
  }

  /** The database is gone, as Chromium throws a damaged one away. */
  wipeDatabase(): void {
    this.factory = new IDBFactory();
  }
}
