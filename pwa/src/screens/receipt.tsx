/** The slip that was given: figures, capitals, split, number with its check characters, QR. */

import { dayOf } from '../device/clock';
import { back, go } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { amountOf } from '../state/view';
import { eachPart } from '../state/cash-draft';
import type { StoredEvent } from '../store/db';
import { printedNumber } from '../sync/receipts';
import { fill, momentWords, personWords, text, yuan } from '../parts/words';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { WhereMark } from '../parts/marks';
import { Qr } from '../parts/qr';
import { SplitLines } from '../parts/split-lines';

/** Its cash was offered to somebody since: it is not undone here any more. */
const isOffered = (log: readonly StoredEvent[], { lane, seq }: StoredEvent): boolean =>
  log.some((one) => one.event.kind === 'custody.handed' && one.lane === lane && one.seq > seq);

export function Receipt({ hash }: { readonly hash: string }) {
  const log = phone.log.value;
  const slip = log.find((event) => event.hash === hash);
  if (!slip) return <Gone />;
  const isVoid = log.some(({ event }) => event.kind === 'cash.void' && event.body.target === hash);
  const buttons = (
    <div class="two">
      {!isVoid && !isOffered(log, slip) && (
        <button data-testid="void-open" onClick={() => go({ name: 'void', hash })}>
          {text.void}
        </button>
      )}
      <button class="main" data-testid="receipt-done" onClick={back}>
        {text.done}
      </button>
    </div>
  );
  return (
    <Frame title={text.receipt} foot={buttons}>
      <p class="row" data-testid="receipt-state" data-state={shown.where(slip)}>
        <span>{text.whereTitle}</span>
        <WhereMark event={slip} />
      </p>
      <Paper slip={slip} isVoid={isVoid} />
    </Frame>
  );
}

function Paper({ slip, isVoid }: { readonly slip: StoredEvent; readonly isVoid: boolean }) {
  const { event, hash } = slip;
  const body = event.body as Readonly<Record<string, string>>;
  const number = printedNumber(body.receipt_no ?? '', hash);
  const sum = yuan(amountOf(body));
  const day = dayOf(event.occurred_at);
  const me = phone.identity.value;
  const officers = [me?.officer.name, body.second_person];
  return (
    <section class={isVoid ? 'card slip is-void' : 'card slip'}>
      <p class="soft">{shown.settings.value.institution || me?.branch.name}</p>
      <p class="number" data-testid="receipt-no">
        {number}
      </p>
      {isVoid && <p class="red-ink">{text.voided}</p>}
      <div class="amount big">
        <b>{sum}</b>
        <span>{body.words}</span>
      </div>
      <dl>
        <SplitLines split={eachPart((part) => Number(body[`${part}_fen`]))} />
        <dt>{text.payer}</dt>
        <dd>{body.payer_name}</dd>
        {body.on_behalf_of && <dt>{text.onBehalfOf}</dt>}
        {body.on_behalf_of && <dd>{body.on_behalf_of}</dd>}
        <dt>{text.when}</dt>
        <dd>{momentWords(event.occurred_at)}</dd>
        <dt>{text.officers}</dt>
        <dd>{officers.flatMap((one) => (one ? personWords(one) : [])).join('、')}</dd>
      </dl>
      <Qr value={`${number} ${sum} ${day}`} label={fill(text.qr, number)} />
      <p class="soft">{text.slipNote}</p>
    </section>
  );
}
