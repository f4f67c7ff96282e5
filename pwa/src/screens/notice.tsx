/** A collection notice: number, text and hash first, then the finger on the glass. */

import { signal } from '@preact/signals-core';
import { serveNotice } from '../state/actions';
import { back } from '../state/nav';
import { phone } from '../state/start';
import { draftWith, findVisit, noticeMade, visitDraft } from '../state/visits';
import type { Started } from '../state/visits';
import type { StoredEvent } from '../store/db';
import { maySign } from '../sync/events';
import { fill, kindWords, noteLines, text } from '../parts/words';
import { Choice } from '../parts/choice';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { Ink, isTooMuch, oneAboveOther } from '../parts/ink';
import type { Signature } from '../parts/ink';
import { makePaper, photo, role } from '../parts/notice-paper';
import type { Role } from '../parts/notice-paper';
import { PhotoInput } from '../parts/photo-input';
import { SaveButton } from '../parts/save-button';
import { Say } from '../parts/say';
import { SignerForm } from '../parts/signer-form';
import type { Signer } from '../parts/signer-form';

const ink = signal<Signature | null>(null);
const agree = signal<Signature | null>(null);

export function Notice({ visit, loan: id }: { readonly visit: string; readonly loan: string }) {
  const found = findVisit(phone, visit, id);
  const loan = found?.loan;
  if (!loan) return <Gone />;
  const made = noticeMade(phone.log.value, visit, id, role.value);
  return (
    <Frame title={text.makeNotice} sub={made && String(made.event.body.notice_no)}>
      {loan.guarantor_name && (
        <Choice
          label={text.addressee}
          id="addressee"
          options={text.addresseeRole}
          value={role.value}
          onPick={(picked) => makePaper(visit, loan, picked as Role)}
        />
      )}
      {made && <Paper key={made.hash} started={found.started} made={made} />}
    </Frame>
  );
}

interface PaperProps {
  readonly started: Started;
  readonly made: StoredEvent;
}

function Paper({ started, made }: PaperProps) {
  const { body } = made.event;
  const addressee_role = String(body.addressee_role);
  const name = `notice ${made.hash}`;
  const blank = signerFrom(started, String(body.addressee), addressee_role);
  const [signer, change] = draftWith<Signer>(phone, name, blank);
  const relation = signer.relation.trim() || null;
  const counts = maySign({ ...signer, relation, addressee_role });
  const line = body.template === 'notice-expired' ? text.lineReceivedOnly : text.lineReceived;
  return (
    <>
      <p class="soft">{fill(text.madeFirst, String(body.text_hash).slice(0, 12))}</p>
      <pre class="paper" tabIndex={0}>
        {String(body.text)}
      </pre>
      <SignerForm signer={signer} change={change} />
      {!counts && (
        <Say tone="amber">{fill(text.mayNotSign, text.signer[signer.signer_role] ?? '')}</Say>
      )}
      <Ink label={line} id="sign-canvas" onInk={(drawn) => (ink.value = drawn)} />
      {addressee_role === 'borrower' && (
        <Ink
          label={text.lineAgrees}
          id="sign-agree-canvas"
          onInk={(drawn) => (agree.value = drawn)}
        />
      )}
      <PhotoInput photo={photo.value} onPhoto={(taken) => (photo.value = taken)} />
      <Save started={started} made={made} signer={signer} name={name} />
    </>
  );
}

interface SaveProps extends PaperProps {
  readonly signer: Signer;
  readonly name: string;
}

function Save({ started, made, signer, name }: SaveProps) {
  const signature = ink.value && oneAboveOther(ink.value, agree.value);
  const agrees_to_perform = agree.value !== null;
  const slip = { ...signer, agrees_to_perform, signature, photo: photo.value };
  const what = `${kindWords('notice.served')} ${String(made.event.body.notice_no)}`;
  return (
    <SaveButton
      id="notice-save"
      words={text.saveSigned}
      why={whyNot(signer, signature)}
      save={() => serveNotice(phone, started, made, slip, noteLines(what, signer.signer_name))}
      kind="notice.served"
      draft={name}
      then={back}
    />
  );
}

/** What the visit already knows of the person is not asked again. */
function signerFrom(started: Started, addressee: string, role: string): Signer {
  const visit = visitDraft(phone, started.visit);
  const met = visit.met ?? 'debtor';
  const self = role === 'guarantor' ? met === 'guarantor' : met === 'debtor';
  return {
    signer_role: met,
    signer_name: self ? addressee : visit.met_name,
    relation: visit.met_relation,
    lives_here: met === 'adult_relative' || met === 'debtor',
    adult: true,
  };
}

function whyNot(signer: Signer, signature: Signature | null): string | null {
  if (!signer.signer_name.trim()) return text.needsName;
  if (!signature) return text.needsInk;
  return isTooMuch(signature) ? text.tooMuchInk : null;
}
