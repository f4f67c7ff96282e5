/** A collection notice: number, text and hash first, then the finger on the glass. */

import { useEffect, useState } from 'preact/hooks';
import { dayOf } from '../device/clock';
import { makeNotice, nextNoticeNo, serveNotice } from '../state/actions';
import { back } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { say } from '../state/toast';
import { limitationOf } from '../state/view';
import type { Loan } from '../state/view';
import { BLANK_VISIT, changeDraft, draftOf, dropDraft, inVisit, visitOf } from '../state/visits';
import type { Started, VisitDraft } from '../state/visits';
import type { StoredEvent } from '../store/db';
import { maySign } from '../sync/events';
import type { Template } from '../text/notice';
import { noteLines, personWords, text } from '../text';
import { Choice } from '../parts/choice';
import { Frame } from '../parts/frame';
import { Ink, oneAboveOther } from '../parts/ink';
import type { Signature } from '../parts/ink';
import { PhotoInput } from '../parts/photo-input';
import { SignerForm } from '../parts/signer-form';
import type { Signer } from '../parts/signer-form';
import type { Photo } from '../state/record';
import { draftName } from './visit';

/** The most strokes that one record holds; two names of three characters are some 60. */
const STROKES_MAX = 64;
const POINTS_MAX = 2_000;

type Role = 'borrower' | 'guarantor';

export function Notice({ visit, loan: id }: { readonly visit: string; readonly loan: string }) {
  const started = visitOf(phone.log.value, visit);
  const house = started && shown.houses.value.get(started.household);
  const loan = house?.loans.find((one) => one.id === id);
  const [role, setRole] = useState<Role>('borrower');
  const made = inVisit(phone.log.value, visit, 'notice.made').findLast(
    ({ event }) => event.case === id && event.body.addressee_role === role,
  );
  useEffect(() => {
    if (started && loan && !made) void make(started, loan, role);
  }, [role]);
  if (!started || !loan) return <Frame title={text.gone}>{text.goneWhy}</Frame>;
  return (
    <Frame title={text.makeNotice} sub={made ? String(made.event.body.notice_no) : undefined}>
      {loan.guarantor_name && (
        <Choice
          label={text.addressee}
          id="addressee"
          options={['borrower', 'guarantor'] as const}
          words={(code) => text.addresseeRole[code]}
          value={role}
          onPick={setRole}
        />
      )}
      {made && <Paper key={made.hash} started={started} made={made} loan={loan} />}
    </Frame>
  );
}

function make(started: Started, loan: Loan, role: Role): Promise<unknown> {
  const { status } = limitationOf(loan, shown.today.value);
  const template: Template = status === 'EXPIRED' ? 'notice-expired' : 'notice-standard';
  const { institution, contact_phone } = shown.settings.value;
  const me = phone.identity.value;
  const no = nextNoticeNo(phone);
  const addressee = (role === 'guarantor' && loan.guarantor_name) || loan.borrower_name;
  const second = started.second_person;
  const fields = {
    no,
    institution: institution || (me?.branch.name ?? ''),
    contact: contact_phone,
    addressee,
    role,
    borrower: loan.borrower_name,
    contract_no: loan.contract_no,
    loan_on: loan.loan_on ?? null,
    due_on: loan.due_on ?? null,
    principal_fen: loan.principal_fen,
    interest_fen: loan.interest_fen ?? null,
    penalty_fen: loan.penalty_fen ?? null,
    cost_fen: loan.cost_fen ?? null,
    as_of: loan.as_of,
    made_on: dayOf(phone.clock.now()),
    officers: [me?.officer.name, second && personWords(second)].filter(Boolean).join('、'),
  };
  const lines = noteLines(`${text.makeNotice} ${no}`, addressee, phone.clock.now());
  return makeNotice(phone, started, loan.id, { template, fields, lines });
}

interface PaperProps {
  readonly started: Started;
  readonly made: StoredEvent;
  readonly loan: Loan;
}

function Paper({ started, made, loan }: PaperProps) {
  const { body } = made.event;
  const name = `notice ${made.hash}`;
  const blank = signerFrom(started, String(body.addressee), String(body.addressee_role));
  const signer = draftOf<Signer>(phone, name, blank);
  const [ink, setInk] = useState<Signature | null>(null);
  const [agree, setAgree] = useState<Signature | null>(null);
  const [photo, setPhoto] = useState<Photo | null>(null);
  const expired = body.template === 'notice-expired';
  return (
    <>
      <p class="small" data-testid="notice-hash">
        {text.madeFirst(String(body.text_hash).slice(0, 12))}
      </p>
      <pre class="paper" tabIndex={0}>
        {String(body.text)}
      </pre>
      <SignerForm signer={signer} change={(part) => changeDraft(phone, name, part)} />
      <MayNot signer={signer} role={String(body.addressee_role)} />
      <Ink label={expired ? text.lineReceivedOnly : text.lineReceived} id="sign-canvas" onInk={setInk} />
      <Ink label={text.lineAgrees} id="sign-agree-canvas" onInk={setAgree} />
      <PhotoInput photo={photo} onPhoto={setPhoto} />
      <Save {...{ started, made, loan, signer, ink, agree, photo }} />
    </>
  );
}

/** What the visit already knows of the person is not asked again. */
function signerFrom(started: Started, addressee: string, role: string): Signer {
  const visit = draftOf<VisitDraft>(phone, draftName(started.visit), BLANK_VISIT);
  const met = visit.met === 'other' ? 'neighbour' : (visit.met ?? 'debtor');
  const self = role === 'guarantor' ? met === 'guarantor' : met === 'debtor';
  return {
    signer_role: met,
    signer_name: self ? addressee : visit.met_name,
    relation: visit.met_relation,
    lives_here: met === 'adult_relative' || met === 'debtor',
    adult: true,
  };
}

/** A signature that does not count is still kept as what happened, and said so before. */
function MayNot({ signer, role }: { readonly signer: Signer; readonly role: string }) {
  const relation = signer.relation.trim() || null;
  if (maySign({ ...signer, relation, addressee_role: role })) return null;
  return <p class="notice amber">{text.mayNotSign(text.signer[signer.signer_role] ?? '')}</p>;
}

interface SaveProps extends PaperProps {
  readonly signer: Signer;
  readonly ink: Signature | null;
  readonly agree: Signature | null;
  readonly photo: Photo | null;
}

function Save({ started, made, signer, ink, agree, photo }: SaveProps) {
  const [busy, setBusy] = useState(false);
  const press = async (signature: Signature) => {
    setBusy(true);
    const slip = { ...signer, agrees_to_perform: agree !== null, signature, photo };
    const title = `${text.kind['notice.served']} ${String(made.event.body.notice_no)}`;
    const lines = noteLines(title, signer.signer_name, phone.clock.now());
    const saved = await serveNotice(phone, started, made, { slip, lines });
    setBusy(false);
    if (!saved) return;
    dropDraft(phone, `notice ${made.hash}`);
    say(text.savedAs(text.kind['notice.served']));
    back();
  };
  const signature = ink && oneAboveOther(ink, agree);
  const why = whyNot(signer, signature);
  return (
    <button
      type="button"
      class="main"
      data-testid="notice-save"
      disabled={why !== null || busy}
      onClick={() => signature && void press(signature)}
    >
      {why ?? text.saveSigned}
    </button>
  );
}

function whyNot(signer: Signer, signature: Signature | null): string | null {
  if (!signer.signer_name.trim()) return text.needsName;
  if (!signature) return text.needsInk;
  const points = signature.strokes.reduce((sum, stroke) => sum + stroke.length / 3, 0);
  return signature.strokes.length > STROKES_MAX || points > POINTS_MAX ? text.tooMuchInk : null;
}
