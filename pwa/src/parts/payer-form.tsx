/** Who put the cash down. Somebody else than the debtor pays for him, and is not liable. */

import type { CashDraft } from '../state/cash-draft';
import { text } from './words';
import { Field, Select } from './field';
import { Say } from './say';

interface Props {
  readonly draft: CashDraft;
  readonly change: (part: Partial<CashDraft>) => void;
}

export function PayerForm({ draft, change }: Props) {
  return (
    <>
      <div class="pair">
        <Select
          label={text.payer}
          id="payer-role"
          value={draft.payer_role}
          onValue={(payer_role) => change({ payer_role })}
          options={text.payerRole}
        />
        <Field
          label={text.payerName}
          id="payer-name"
          value={draft.payer_name}
          onValue={(payer_name) => change({ payer_name })}
        />
      </div>
      {['adult_relative', 'heir', 'other'].includes(draft.payer_role) && (
        <Say tone="amber">{text.voluntary}</Say>
      )}
    </>
  );
}
