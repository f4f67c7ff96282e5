/** What a payment pays. The proposal follows the setting; changing it asks for a reason. */

import { formatYuan } from '../sync/amounts';
import { proposed, splitOf } from '../state/cash-draft';
import type { CashDraft, PartName } from '../state/cash-draft';
import type { Loan } from '../state/view';
import { text, yuan } from '../text';
import { Field } from './field';

interface Props {
  readonly loan: Loan;
  readonly fen: number;
  readonly draft: CashDraft;
  readonly change: (part: Partial<CashDraft>) => void;
}

const PARTS: readonly PartName[] = ['interest', 'principal', 'penalty', 'cost'];

export function SplitForm({ loan, fen, draft, change }: Props) {
  const { split } = splitOf(loan, fen, draft);
  const edit = () => {
    const now = proposed(loan, fen);
    const typed = (part: PartName): string => formatYuan(now[part]);
    change({
      parts: {
        principal: typed('principal'),
        interest: typed('interest'),
        penalty: typed('penalty'),
        cost: typed('cost'),
      },
    });
  };
  return (
    <section class="card">
      <div class="row">
        <strong>{text.split}</strong>
        <button
          type="button"
          class="plain"
          data-testid="split-edit"
          onClick={draft.parts ? () => change({ parts: null }) : edit}
        >
          {draft.parts ? text.splitProposed : text.change}
        </button>
      </div>
      {draft.parts ? (
        <Typed draft={draft} parts={draft.parts} change={change} />
      ) : (
        PARTS.filter((part) => split[part] > 0).map((part) => (
          <div key={part} class="row">
            <span>{text.part[part]}</span>
            <b data-testid={`split-${part}`}>{yuan(split[part])}</b>
          </div>
        ))
      )}
      <p class="soft">{text.splitNote}</p>
    </section>
  );
}

interface TypedProps {
  readonly draft: CashDraft;
  readonly parts: Readonly<Record<PartName, string>>;
  readonly change: (part: Partial<CashDraft>) => void;
}

function Typed({ draft, parts, change }: TypedProps) {
  return (
    <>
      <div class="pair">
        {PARTS.map((part) => (
          <Field
            key={part}
            label={text.part[part]}
            id={`part-${part}`}
            mode="decimal"
            value={parts[part]}
            onValue={(value) => change({ parts: { ...parts, [part]: value } })}
          />
        ))}
      </div>
      <Field
        label={text.splitReason}
        id="split-reason"
        max={200}
        value={draft.split_reason}
        onValue={(split_reason) => change({ split_reason })}
      />
    </>
  );
}
