/** How the money came: in cash, or by the bank with the number of its paper. */

import { methodsOf } from '../state/cash-draft';
import type { CashDraft, Method } from '../state/cash-draft';
import { shown } from '../state/shown';
import { Choice } from './choice';
import { Field } from './field';
import { Say } from './say';
import { text } from './words';

interface Props {
  readonly draft: CashDraft;
  readonly change: (part: Partial<CashDraft>) => void;
}

export function MethodForm({ draft, change }: Props) {
  const takesCash = shown.settings.value.takes_cash ?? true;
  const options = Object.fromEntries(
    methodsOf(takesCash).map((method) => [method, text.method[method]]),
  ) as Record<Method, string>;
  return (
    <>
      {!takesCash && (
        <Say tone="amber" id="no-cash">
          {text.noCash}
        </Say>
      )}
      <Choice
        label={text.methodName}
        id="method"
        options={options}
        value={draft.method}
        onPick={(method) => change({ method })}
      />
      {draft.method !== 'cash' && (
        <Field
          label={text.evidenceNo}
          id="evidence-no"
          max={64}
          value={draft.evidence_no}
          onValue={(typed) => change({ evidence_no: typed.replace(/[^!-~]/g, '') })}
        />
      )}
    </>
  );
}

export function Evidence({ draft }: { readonly draft: CashDraft }) {
  return (
    <>
      <dt>{text.method[draft.method]}</dt>
      <dd>{draft.evidence_no}</dd>
    </>
  );
}
