/** Who signs the slip, and what decides whether the signature counts. */

import { text } from './words';
import { Field, Select, Tick } from './field';

export interface Signer {
  readonly signer_role: string;
  readonly signer_name: string;
  readonly relation: string;
  readonly lives_here: boolean;
  readonly adult: boolean;
}

interface Props {
  readonly signer: Signer;
  readonly change: (part: Partial<Signer>) => void;
}

export function SignerForm({ signer, change }: Props) {
  const { signer_role } = signer;
  const isParty = ['debtor', 'co_borrower', 'guarantor'].includes(signer_role);
  return (
    <>
      <div class="pair">
        <Select
          label={text.signerRole}
          id="signer-role"
          value={signer_role}
          onValue={(value) => change({ signer_role: value })}
          options={text.signer}
        />
        <Field
          label={text.signerName}
          id="signer-name"
          value={signer.signer_name}
          onValue={(signer_name) => change({ signer_name })}
        />
      </div>
      {!isParty && <InPlace signer={signer} change={change} />}
    </>
  );
}

/** Of one who signs in another's place the law asks more than a name. */
function InPlace({ signer, change }: Props) {
  return (
    <>
      <Field
        label={text.relation}
        id="signer-relation"
        value={signer.relation}
        onValue={(relation) => change({ relation })}
      />
      <div class="pair">
        <Tick
          id="lives-here"
          value={signer.lives_here}
          onValue={(lives_here) => change({ lives_here })}
        >
          {text.livesHere}
        </Tick>
        <Tick id="adult" value={signer.adult} onValue={(adult) => change({ adult })}>
          {text.adult}
        </Tick>
      </div>
    </>
  );
}
