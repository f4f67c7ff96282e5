/** The slip that was given, as a paper; and its copy for the customer: code, SMS, image, print. */

import { signal } from '@preact/signals-core';
import { back, go } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { toast } from '../state/toast';
import type { StoredEvent } from '../store/db';
import { fill, text } from '../parts/words';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import type { Signature } from '../parts/ink';
import { Qr } from '../parts/qr';
import { shareImage } from '../parts/receipt-image';
import { receiptPaper } from '../parts/receipt-paper';
import type { ReceiptPaper } from '../parts/receipt-paper';
import { SlipMark } from '../parts/slip-mark';

/** The slip whose code fills the screen, for the customer's camera. */
const held = signal<string | null>(null);

/** Its cash was offered to somebody since: it is not undone here any more. */
const isOffered = (log: readonly StoredEvent[], { lane, seq }: StoredEvent): boolean =>
  log.some((one) => one.event.kind === 'custody.handed' && one.lane === lane && one.seq > seq);

export function Receipt({ hash }: { readonly hash: string }) {
  const slip = phone.log.value.find((event) => event.hash === hash);
  if (!slip) return <Gone />;
  const paper = receiptPaper(slip);
  const state = shown.slip(slip);
  const isVoid = state === 'voided';
  const isHeld = held.value === hash && !isVoid;
  const foot = (
    <>
      {!isVoid && <Copies slip={slip} paper={paper} />}
      <div class="two">
        {!isVoid && !isOffered(phone.log.value, slip) && (
          <button data-testid="void-open" onClick={() => go({ name: 'void', hash })}>
            {text.void}
          </button>
        )}
        <button class="main" data-testid="receipt-done" onClick={back}>
          {text.done}
        </button>
      </div>
    </>
  );
  return (
    <Frame title={text.receipt} foot={foot}>
      <p class="row no-print" data-testid="receipt-state" data-state={state}>
        <span>{text.whereTitle}</span>
        <SlipMark slip={slip} />
      </p>
      {isHeld ? <Code paper={paper} /> : <Paper slip={slip} paper={paper} isVoid={isVoid} />}
    </Frame>
  );
}

interface PaperProps {
  readonly slip: StoredEvent;
  readonly paper: ReceiptPaper;
}

/** Four ways to leave the customer with something that he can check without us. */
function Copies({ slip, paper }: PaperProps) {
  const turn = () => (held.value = held.value === slip.hash ? null : slip.hash);
  const share = async () => {
    const inked = slip.event.body.signature as Signature | null;
    const done = await shareImage(paper, inked, text.papers.receipt).catch(() => false);
    if (!done) toast.value = text.imageFailed;
  };
  return (
    <nav class="copies" aria-label={text.giveCopy}>
      <button data-testid="copy-code" aria-pressed={held.value === slip.hash} onClick={turn}>
        {text.showCode}
      </button>
      <a data-testid="copy-sms" href={`sms:?&body=${encodeURIComponent(paper.sms)}`}>
        {text.sendSms}
      </a>
      <button data-testid="copy-image" onClick={() => void share()}>
        {text.shareImage}
      </button>
      <button data-testid="copy-print" onClick={() => window.print()}>
        {text.printSlip}
      </button>
    </nav>
  );
}

function Code({ paper }: { readonly paper: ReceiptPaper }) {
  return (
    <section class="card slip held">
      <Qr value={paper.link} label={fill(text.qr, paper.number)} />
      <p class="number">{paper.number}</p>
      <div class="amount big">
        <b>{paper.sum}</b>
      </div>
      <p class="soft">{text.codeHint}</p>
    </section>
  );
}

function Paper({ slip, paper, isVoid }: PaperProps & { readonly isVoid: boolean }) {
  const { receipt } = text.papers;
  const inked = slip.event.body.signature as Signature | null;
  return (
    <section class={isVoid ? 'card slip is-void' : 'card slip'} lang="zh-CN">
      <p class="soft">{paper.institution}</p>
      <h2>{receipt.title}</h2>
      <p class="number" data-testid="receipt-no">
        {paper.number}
      </p>
      {isVoid && <p class="red-ink">{receipt.voided}</p>}
      <div class="amount big">
        <b>{paper.sum}</b>
        <span>{paper.words}</span>
      </div>
      <dl>
        {paper.lines.map(([label, value]) => (
          <>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </>
        ))}
        <dt>{receipt.signature}</dt>
        <dd>{inked ? <Signed ink={inked} /> : receipt.unsigned}</dd>
      </dl>
      {!isVoid && <Qr value={paper.link} label={fill(text.qr, paper.number)} />}
      {paper.notes.map((note) => (
        <p class="soft" key={note}>
          {note}
        </p>
      ))}
    </section>
  );
}

/** The payer's own strokes. */
function Signed({ ink: { w, h, strokes } }: { readonly ink: Signature }) {
  const path = strokes.map((stroke) => {
    const points = stroke.flatMap((x, at) => (at % 3 === 0 ? [`${x} ${stroke[at + 1]}`] : []));
    return `M${points.join('L')}`;
  });
  return (
    <svg class="signed" viewBox={`0 0 ${w} ${h}`} role="img">
      <path d={path.join('')} />
    </svg>
  );
}
