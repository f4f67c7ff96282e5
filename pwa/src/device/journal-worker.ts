/**
 * The journal's worker: sole owner of three files in the origin private file system.
 *
 * They are created once, at enrolment, and never again: a new file is lost by a power cut even
 * after it was flushed, an old one is not. `journal` is only appended to. The last complete
 * rows lie in two slots that are written in turn, so that one of them is always whole.
 */

import { UNCERTAIN } from './journal';
import type { JournalAnswer, JournalRequest, Opened } from './journal';
import { frame, scan } from './journal-file';
import { Trouble } from './trouble';

declare const self: DedicatedWorkerGlobalScope;

const NAMES = ['journal-a.bin', 'rows-a.bin', 'rows-b.bin'] as const;

/** The page that went away a moment ago may still hold the files. */
const OPEN_TRIES = 25;
const OPEN_WAIT_MS = 200;

let files: FileSystemSyncAccessHandle[] = [];
let end = 0;

async function openFile(name: string, create: boolean): Promise<FileSystemSyncAccessHandle> {
  const root = await navigator.storage.getDirectory();
  const file = await root.getFileHandle(name, { create });
  for (let tries = 1; ; tries += 1) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      if (tries === OPEN_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, OPEN_WAIT_MS));
    }
  }
}

function readAll(file: FileSystemSyncAccessHandle): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(file.getSize());
  file.read(bytes, { at: 0 });
  return bytes;
}

async function open(create: boolean): Promise<Opened | null> {
  for (const file of files) file.close();
  files = [];
  try {
    for (const name of NAMES) files.push(await openFile(name, create));
  } catch (error) {
    if ((error as Error).name === 'NotFoundError') return null;
    throw error;
  }
  return readJournal();
}

function readJournal(): Opened {
  const journal = files[0]!;
  const bytes = readAll(journal);
  const found = scan(bytes);
  const torn = bytes.length - found.end;
  if (torn > 0) {
    journal.truncate(found.end);
    journal.flush();
  }
  end = found.end;
  return { payloads: found.payloads, torn };
}

function write(file: FileSystemSyncAccessHandle, record: Uint8Array<ArrayBuffer>, at: number) {
  if (file.write(record, { at }) !== record.length) throw new Trouble('short_write');
  file.flush();
}

function append(payloads: readonly Uint8Array[]): number {
  const start = end;
  try {
    for (const payload of payloads) {
      const record = frame(payload);
      write(files[0]!, record, end);
      end += record.length;
    }
  } catch (error) {
    takeBack(start);
    throw error;
  }
  return start;
}

function takeBack(start: number): void {
  try {
    cut(start);
  } catch {
    throw new Trouble(UNCERTAIN);
  }
}

/** Take back what was written from `start` on: the database refused the same events. */
function cut(start: number): void {
  files[0]!.truncate(start);
  files[0]!.flush();
  end = start;
}

function keepRows(payload: Uint8Array, slot: 1 | 2): void {
  const file = files[slot]!;
  const record = frame(payload);
  write(file, record, 0);
  file.truncate(record.length);
  file.flush();
}

async function perform(request: JournalRequest): Promise<unknown> {
  switch (request.op) {
    case 'open':
      return open(request.create);
    case 'append':
      return append(request.payloads);
    case 'cut':
      return cut(request.start);
    case 'read-rows':
      return [1, 2].map((slot) => scan(readAll(files[slot]!)).payloads[0] ?? null);
    case 'rows':
      return keepRows(request.payload, request.slot);
  }
}

self.onmessage = async (message: MessageEvent<{ id: number; request: JournalRequest }>) => {
  const { id, request } = message.data;
  let answer: JournalAnswer;
  try {
    answer = { id, value: await perform(request) };
  } catch (error) {
    answer = { id, error: error instanceof Trouble ? error.code : (error as Error).name };
  }
  self.postMessage(answer);
};
