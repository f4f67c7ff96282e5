/** What a payment pays, part by part. */

import type { Split } from '../sync/allocation';
import { PARTS } from '../sync/parts';
import { text, yuan } from './words';

/** The parts that are not zero, for a list of terms. */
export function SplitLines({ split }: { readonly split: Split }) {
  return PARTS.map((part) =>
    split[part] > 0 ? (
      <>
        <dt>{text.part[part]}</dt>
        <dd data-testid={`split-${part}`}>{yuan(split[part])}</dd>
      </>
    ) : null,
  );
}
