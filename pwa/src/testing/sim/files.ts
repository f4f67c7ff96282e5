/**
 * The origin private file system of one phone.
 *
 * A killed page keeps what it wrote, and the operation in which it dies happens in part. A power
 * cut keeps what was flushed, with a piece of the rest behind it.
 */

import type { Bytes } from './native';
import { Killed } from './profile';
import type { Profile } from './profile';
import type { Tab } from './tab-host';

export interface File {
  bytes: Bytes;
  /** What a power cut leaves. */
  flushed: Bytes;
  holder: Tab | null;
}

export class Files {
  files = new Map<string, File>();

  constructor(private readonly profile: Profile) {}

  folder(tab: Tab): object {
    const getFileHandle = async (name: string, { create = false } = {}) => {
      const file = this.files.get(name) ?? (create ? emptyFile() : null);
      if (!file) throw new DOMException('no such file', 'NotFoundError');
      this.files.set(name, file);
      const open = async ({ mode = 'readwrite' } = {}) => this.open(file, tab, mode);
      return { createSyncAccessHandle: open };
    };
    return { getFileHandle };
  }

  private open(file: File, tab: Tab, mode: string): object {
    if (file.holder && !file.holder.dead && mode === 'readwrite') {
      throw new DOMException('in use', 'NoModificationAllowedError');
    }
    file.holder = tab;
    return handleOf(this.profile, file);
  }

  /** Let go of what a dead page held; after a power cut only what was flushed is left. */
  release(tab: Tab, powerCut: boolean, torn: number): void {
    for (const file of this.files.values()) {
      if (powerCut) cutPower(file, torn);
      if (file.holder === tab) file.holder = null;
    }
  }

  copy(): Map<string, File> {
    return new Map(
      [...this.files].map(([name, { bytes, flushed }]) => [
        name,
        { bytes: bytes.slice(), flushed: flushed.slice(), holder: null },
      ]),
    );
  }
}

const emptyFile = (): File => ({
  bytes: new Uint8Array(),
  flushed: new Uint8Array(),
  holder: null,
});

function cutPower(file: File, torn: number): void {
  const rest = file.bytes.subarray(file.flushed.length);
  const kept = rest.subarray(0, Math.floor(rest.length * torn));
  file.bytes = joined(file.flushed, file.flushed.length, kept);
  file.flushed = file.bytes.slice();
}

function joined(bytes: Bytes, at: number, more: Uint8Array): Bytes {
  const whole = new Uint8Array(Math.max(bytes.length, at + more.length));
  whole.set(bytes);
  whole.set(more, at);
  return whole;
}

function handleOf(profile: Profile, file: File): object {
  /** Does the operation, or dies in it, before it or right after it. */
  function perform(part: (share: number) => void): void {
    const ends = profile.step();
    part(ends ? profile.torn : 1);
    if (ends) throw new Killed();
  }
  return {
    getSize: () => file.bytes.length,
    read(into: Uint8Array, { at = 0 } = {}) {
      const piece = file.bytes.subarray(at, at + into.length);
      into.set(piece);
      return piece.length;
    },
    write(from: Uint8Array, { at = 0 } = {}) {
      if (profile.troubles.has('files_full')) {
        throw new DOMException('no space', 'QuotaExceededError');
      }
      perform((share) => {
        const written = from.subarray(0, Math.floor(from.length * share));
        file.bytes = joined(file.bytes, at, written);
      });
      return from.length;
    },
    truncate: (size: number) =>
      perform((share) => {
        if (share >= 0.5) file.bytes = file.bytes.slice(0, size);
      }),
    flush: () =>
      perform((share) => {
        if (share >= 0.5) file.flushed = file.bytes.slice();
      }),
    close() {
      file.holder = null;
    },
  };
}
