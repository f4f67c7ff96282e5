/** The slip that was given: figures, capitals, split, number with its check characters, QR. */

import { dayOf, timeOf } from '../device/clock';
import { back, go } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import type { StoredEvent } from '../store/db';
import { printedNumber } from '../sync/receipts';
import { dayWords, personWords, text, yuan } from '../text';
import { Frame } from '../parts/frame';
import { WhereMark } from '../parts/marks';
import { Qr } from '../parts/qr';

interface Body {
  readonly receipt_no: string;
  readonly amount_fen: number;
  readonly principal_fen: number;
  readonly interest_fen: number;
  readonly penalty_fen: number;
  readonly cost_fen: number;
  readonly words: string;
  readonly payer_name: string;
  readonly on_behalf_of: string | null;
  readonly second_person: string | null;
}

const voidOf = (hash: string): StoredEvent | undefined =>
  phone.log.value.find(({ event }) => event.kind === 'cash.void' && event.body.target === hash);

export function Receipt({ hash }: { readonly hash: string }) {
  const slip = phone.log.value.find((event) => event.hash === hash);
  if (!slip) return null;
  const voided = voidOf(hash);
  const buttons = (
    <div class="two">
      {!voided && (
        <button type="button" data-testid="void-open" onClick={() => go({ name: 'void', hash })}>
          {text.void_}
        </button>
      )}
      <button type="button" class="main" data-testid="receipt-done" onClick={back}>
        {text.done}
      </button>
    </div>
  );
  return (
    <Frame title={text.receipt} foot={buttons}>
      <Paper slip={slip} isVoid={voided !== undefined} />
      <p class="row" data-testid="receipt-state" data-state={shown.where(slip)}>
        <span>{text.whereTitle}</span>
        <WhereMark event={slip} />
      </p>
    </Frame>
  );
}

function Paper({ slip, isVoid }: { readonly slip: StoredEvent; readonly isVoid: boolean }) {
  const { event, hash } = slip;
  const body = event.body as unknown as Body;
  const number = printedNumber(body.receipt_no, hash);
  const day = dayOf(event.occurred_at);
  const { institution } = shown.settings.value;
  const officers = [phone.identity.value?.officer.name, body.second_person].filter(Boolean);
  return (
    <section class={`card slip ${isVoid ? 'is-void' : ''}`}>
      <p class="soft">{institution || phone.identity.value?.branch.name}</p>
      <p class="number" data-testid="receipt-no">
        {number}
      </p>
      {isVoid && <p class="red-ink">{text.voided}</p>}
      <div class="amount big">
        <b>{yuan(body.amount_fen)}</b>
        <span>{body.words}</span>
      </div>
      <dl>
        <Part name="principal" fen={body.principal_fen} />
        <Part name="interest" fen={body.interest_fen} />
        <Part name="penalty" fen={body.penalty_fen} />
        <Part name="cost" fen={body.cost_fen} />
        <dt>{text.payer}</dt>
        <dd>{body.payer_name}</dd>
        {body.on_behalf_of && <dt>{text.onBehalfOf}</dt>}
        {body.on_behalf_of && <dd>{body.on_behalf_of}</dd>}
        <dt>{text.when}</dt>
        <dd>{`${dayWords(day)} ${timeOf(event.occurred_at)}`}</dd>
        <dt>{text.officers}</dt>
        <dd>{officers.map((one) => personWords(String(one))).join('、')}</dd>
      </dl>
      <Qr value={`${number} ${yuan(body.amount_fen)} ${day}`} label={text.qr(number)} />
      <p class="soft">{text.slipNote}</p>
    </section>
  );
}

function Part({ name, fen }: { readonly name: keyof typeof text.part; readonly fen: number }) {
  if (fen === 0) return null;
  return (
    <>
      <dt>{text.part[name]}</dt>
      <dd>{yuan(fen)}</dd>
    </>
  );
}
