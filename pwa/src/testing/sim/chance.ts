/** Bytes that look random and are the same for the same seed: SHA-256 of the seed and a count. */

import { utf8 } from '../../device/bytes';
import type { Bytes, Native } from './native';

export type Draw = (count: number) => Bytes;

export function chanceOf(native: Native, seed: string): Draw {
  let count = 0;
  return (wanted) => {
    const drawn = new Uint8Array(wanted);
    for (let at = 0; at < wanted; at += 32) {
      count += 1;
      const block = native.sha256(utf8(`${seed} ${count}`));
      drawn.set(block.subarray(0, Math.min(32, wanted - at)), at);
    }
    return drawn;
  };
}

/** A number in [0, 1). */
export function fraction(draw: Draw): number {
  return new DataView(draw(4).buffer).getUint32(0) / 2 ** 32;
}
