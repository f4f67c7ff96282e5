/** Records that somebody else carries: give ours away, take a colleague's, bring answers back. */

import { signal } from '@preact/signals-core';
import { codeOf } from '../device/trouble';
import { back, go } from '../state/nav';
import type { Screen } from '../state/nav';
import { bundles, lookAtBundles } from '../state/bundles';
import { makeBundles, takeIn } from '../state/courier';
import type { Taken } from '../state/courier';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { Problem } from '../sync/problems';
import { SendFile, TakeFile } from '../parts/bundle-file';
import { Frame } from '../parts/frame';
import { Gone } from '../parts/gone';
import { MovingQr } from '../parts/moving-qr';
import { Say } from '../parts/say';
import { Scanner } from '../parts/scanner';
import { fill, momentWords, text, troubleWords, unsentWords } from '../parts/words';

type Bytes = Uint8Array<ArrayBuffer>;
type Bundle = NonNullable<typeof bundles.value>[number];

/** What came of the last thing that was done here; said until the next one. */
interface News {
  readonly tone: 'red' | 'green';
  readonly words: string;
}

const news = signal<News | null>(null);

function failed(error: unknown): void {
  const code = error instanceof Problem ? error.code : codeOf(error);
  news.value = { tone: 'red', words: troubleWords(code, null).join(' ') };
}

async function give(): Promise<void> {
  news.value = null;
  try {
    const [first] = await makeBundles(phone);
    if (first) go({ name: 'carry', show: first.id });
  } catch (error) {
    failed(error);
  }
}

async function take(message: Bytes): Promise<void> {
  try {
    news.value = { tone: 'green', words: takenWords(await takeIn(phone, message)) };
  } catch (error) {
    failed(error);
  }
}

function takenWords({ kind, bundle }: Taken): string {
  if (kind === 'ack_for_other') return text.carry.tookOther;
  if (kind === 'bundle') return fill(text.carry.tookBundle, bundle?.count ?? 0);
  const { count, fen } = shown.unsent.value;
  return fill(text.carry.tookAck, unsentWords(count, fen));
}

export function Carry({ now }: { readonly now: Extract<Screen, { name: 'carry' }> }) {
  if (bundles.value === null) void lookAtBundles(phone);
  if (now.show !== undefined) return <Show id={now.show} />;
  return now.scan ? <Scan /> : <Menu />;
}

function Menu() {
  const { count, fen } = shown.unsent.value;
  return (
    <Frame title={text.carry.title} sub={text.carry.sub}>
      {news.value && (
        <Say tone={news.value.tone} id="carry-news">
          {news.value.words}
        </Say>
      )}
      <section class="card">
        <strong>{unsentWords(count, fen)}</strong>
        <button
          class="main"
          data-testid="carry-give"
          disabled={count === 0}
          onClick={() => void give()}
        >
          {text.carry.give}
        </button>
        <p class="soft">{text.carry.giveWhy}</p>
      </section>
      <section class="card">
        <button
          class="main"
          data-testid="carry-scan"
          onClick={() => go({ name: 'carry', scan: true })}
        >
          {text.carry.take}
        </button>
        <TakeFile onMessage={(message) => void take(message)} />
        <p class="soft">{text.carry.takeWhy}</p>
      </section>
      {(bundles.value ?? []).map((bundle) => (
        <Line key={bundle.id} bundle={bundle} />
      ))}
    </Frame>
  );
}

/** Whoever carries one sees how much it is and when it came, and nothing else. */
function Line({ bundle }: { readonly bundle: Bundle }) {
  const { id, role, count, size, at, state, ack, bytes, code } = bundle;
  const canShow = role === 'own' ? bytes : ack;
  return (
    <section
      class="card"
      data-testid={`bundle-${role}`}
      data-state={state}
      data-ack={ack ? 'yes' : 'no'}
    >
      <p class="row">
        <b>{role === 'own' ? text.carry.own : text.carry.others}</b>
        <span class="mark">{text.carry[state]}</span>
      </p>
      <p class="soft">{fill(text.carry.inside, count, kilobytes(size), momentWords(at))}</p>
      {state === 'kept' && <p class="red-ink">{troubleWords(code ?? '', null).join(' ')}</p>}
      {canShow && (
        <button
          class="act"
          data-testid={role === 'own' ? 'bundle-again' : 'bundle-ack'}
          onClick={() => go({ name: 'carry', show: id })}
        >
          {role === 'own' ? text.carry.again : text.carry.showAck}
        </button>
      )}
    </section>
  );
}

const kilobytes = (size: number): string => (size / 1000).toFixed(1);

function Scan() {
  const onMessage = async (message: Bytes) => {
    await take(message);
    back();
  };
  return (
    <Frame title={text.carry.take}>
      <Scanner onMessage={(message) => void onMessage(message)} />
      <p class="soft">{text.carry.takeHow}</p>
    </Frame>
  );
}

function Show({ id }: { readonly id: string }) {
  const bundle = bundles.value?.find((one) => one.id === id);
  const message = bundle?.role === 'own' ? bundle.bytes : bundle?.ack;
  if (!bundle || !message) return <Gone />;
  const isOwn = bundle.role === 'own';
  return (
    <Frame
      title={isOwn ? text.carry.give : text.carry.showAck}
      foot={<SendFile message={message} id={id} />}
    >
      <MovingQr message={message} />
      <p>{isOwn ? text.carry.giveHow : text.carry.ackHow}</p>
      <p class="soft">
        {fill(text.carry.inside, bundle.count, kilobytes(message.length), momentWords(bundle.at))}
      </p>
    </Frame>
  );
}
