/** Cash in hand: give it to somebody, take somebody's, with or without a signal. */

import { signal } from '@preact/signals-core';
import { codeOf } from '../device/trouble';
import { Problem } from '../sync/problems';
import { checkOffer, messageOf, openOffer, readSide, takeProof } from '../state/handover';
import type { Side } from '../state/handover';
import { back, go, goInstead } from '../state/nav';
import type { Screen } from '../state/nav';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { amountOf } from '../state/view';
import type { StoredEvent } from '../store/db';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { MovingQr } from '../parts/moving-qr';
import { Say } from '../parts/say';
import { Scanner } from '../parts/scanner';
import { fill, momentWords, personWords, text, troubleWords, yuan } from '../parts/words';
import { Count, Give, varianceWords } from './custody-forms';

type Bytes = Uint8Array<ArrayBuffer>;

/** What came of the last thing that was done here; said until the next one. */
const news = signal<{ readonly tone: 'red' | 'green'; readonly words: string } | null>(null);

/** The offer that was scanned and is being counted. */
const offer = signal<Side | null>(null);

export function Custody({ now }: { readonly now: Extract<Screen, { name: 'custody' }> }) {
  switch (now.step) {
    case 'give':
      return <Give then={show} />;
    case 'show':
      return <Show hash={now.hash ?? ''} />;
    case 'proof':
      return <Scan title={text.custody.proof} how={text.custody.proofHow} take={proved} />;
    case 'take':
      return <Scan title={text.custody.take} how={text.custody.takeHow} take={scanned} />;
    case 'count':
      return offer.value ? <Count offer={offer.value} then={show} /> : <Gone />;
    default:
      return <Menu />;
  }
}

function show(hash: string): void {
  news.value = null;
  goInstead({ name: 'custody', step: 'show', hash });
}

/** An offer was read: count it; or show again what was said to it before. */
async function scanned(side: Side): Promise<void> {
  const taken = checkOffer(phone, side);
  offer.value = side;
  if (taken) show(taken.hash);
  else goInstead({ name: 'custody', step: 'count' });
}

async function proved(side: Side): Promise<void> {
  const { event } = await takeProof(phone, side);
  const { amount_fen, variance_fen } = event.body;
  const said = [yuan(Number(amount_fen)), varianceWords(Number(variance_fen))];
  const words = fill(text.custody.proved, personWords(event.actor), ...said);
  news.value = { tone: 'green', words };
  back();
}

function Menu() {
  const open = openOffer(phone);
  const hand = shown.handFen.value;
  const records = phone.log.value.filter(({ event }) => event.kind.startsWith('custody.'));
  return (
    <Frame title={text.custody.title} sub={text.custody.sub}>
      {news.value && (
        <Say tone={news.value.tone} id="custody-news">
          {news.value.words}
        </Say>
      )}
      <section class="card">
        <p class="row">
          <span>{text.inHand}</span>
          <b data-testid="custody-hand" data-fen={hand}>
            {yuan(hand)}
          </b>
        </p>
        {open ? <Open record={open} /> : <Ways hand={hand} />}
      </section>
      {records.slice(-RECORDS_SHOWN).reverse().map((record) => (
        <Line key={record.hash} record={record} />
      ))}
    </Frame>
  );
}

const RECORDS_SHOWN = 20;

function Ways({ hand }: { readonly hand: number }) {
  return (
    <>
      <button
        class="main"
        data-testid="custody-give"
        disabled={hand <= 0}
        onClick={() => go({ name: 'custody', step: 'give' })}
      >
        {text.custody.give}
      </button>
      <p class="soft">{text.custody.giveWhy}</p>
      <TakeButton />
    </>
  );
}

function TakeButton() {
  return (
    <>
      <button
        class="act"
        data-testid="custody-take"
        onClick={() => go({ name: 'custody', step: 'take' })}
      >
        {text.custody.take}
      </button>
      <p class="soft">{text.custody.takeWhy}</p>
    </>
  );
}

/** Offered, and the other side has not said yes: both ways on are here. */
function Open({ record }: { readonly record: StoredEvent }) {
  const { hash, event } = record;
  const who = personWords(String(event.body.to));
  return (
    <>
      <Say tone="amber" id="custody-waits">
        {fill(text.custody.waits, who, yuan(amountOf(event.body)), momentWords(event.occurred_at))}
      </Say>
      <button
        class="main"
        data-testid="custody-proof"
        onClick={() => go({ name: 'custody', step: 'proof' })}
      >
        {text.custody.proof}
      </button>
      <button
        class="act"
        data-testid="custody-again"
        onClick={() => go({ name: 'custody', step: 'show', hash })}
      >
        {text.custody.again}
      </button>
      <button
        class="act"
        data-testid="custody-anew"
        onClick={() => go({ name: 'custody', step: 'give' })}
      >
        {text.custody.anew}
      </button>
      <TakeButton />
    </>
  );
}

function Line({ record }: { readonly record: StoredEvent }) {
  const { hash, event } = record;
  const isGiven = event.kind === 'custody.handed';
  const who = personWords(String(isGiven ? event.body.to : event.body.from));
  const words = fill(isGiven ? text.custody.gave : text.custody.took, who);
  return (
    <button
      class="card"
      data-testid={`custody-${hash.slice(0, 8)}`}
      data-state={stateOf(record)}
      onClick={() => go({ name: 'custody', step: 'show', hash })}
    >
      <span class="row">
        <strong>{words}</strong>
        <b>{yuan(amountOf(event.body))}</b>
      </span>
      <span class="row soft">
        <span>{momentWords(event.occurred_at)}</span>
        <span>{text.custody.state[stateOf(record)]}</span>
      </span>
    </button>
  );
}

/** Confirmed by the server, by a code that was scanned here, or not yet. */
function stateOf({ hash, event }: StoredEvent): keyof typeof text.custody.state {
  const verdict = phone.verdicts.value.get(hash)?.verdict;
  if (verdict === 'voided' || verdict === 'quarantined') return 'kept';
  if (verdict === 'applied') return 'both';
  if (event.kind === 'custody.taken') return 'said';
  return phone.proofs.value.some(({ handed }) => handed === hash) ? 'proved' : 'waits';
}

function Show({ hash }: { readonly hash: string }) {
  const record = phone.log.value.find((one) => one.hash === hash);
  if (!record) return <Gone />;
  const { event } = record;
  const isGiven = event.kind === 'custody.handed';
  const who = personWords(String(isGiven ? event.body.to : event.body.from));
  const variance = amountOf(event.body) - Number(event.body.expected_fen);
  const next = isGiven ? (
    <button
      class="main"
      data-testid="custody-proof"
      onClick={() => goInstead({ name: 'custody', step: 'proof' })}
    >
      {text.custody.proof}
    </button>
  ) : (
    <button class="main" data-testid="custody-done" onClick={back}>
      {text.done}
    </button>
  );
  return (
    <Frame title={fill(isGiven ? text.custody.gave : text.custody.took, who)} foot={next}>
      <MovingQr message={messageOf(record)} />
      <p class="row">
        <b>{yuan(amountOf(event.body))}</b>
        <span>{varianceWords(variance)}</span>
      </p>
      <p>{fill(isGiven ? text.custody.showOffer : text.custody.showAnswer, who)}</p>
    </Frame>
  );
}

interface ScanProps {
  readonly title: string;
  readonly how: string;
  readonly take: (side: Side) => Promise<void>;
}

function Scan({ title, how, take }: ScanProps) {
  const onMessage = async (message: Bytes) => {
    try {
      await take(await readSide(message));
    } catch (error) {
      const code = error instanceof Problem ? error.code : codeOf(error);
      news.value = { tone: 'red', words: troubleWords(code, null).join(' ') };
      back();
    }
  };
  return (
    <Frame title={title}>
      <Scanner onMessage={(message) => void onMessage(message)} />
      <p class="soft">{how}</p>
    </Frame>
  );
}
