/** The camera held over a moving QR code, with how much of it has been seen. */

import { signal } from '@preact/signals-core';
import { clock } from '../device/clock';
import { watch } from '../device/camera';
import { codeOf } from '../device/trouble';
import { fromBase45 } from '../sync/base45';
import { Collector } from '../sync/fountain';
import { sequenceOf } from './moving-qr';
import { Say } from './say';
import { fill, text, troubleWords } from './words';

type Bytes = Uint8Array<ArrayBuffer>;

interface Props {
  readonly onMessage: (message: Bytes) => void;
}

interface Seen {
  readonly have: number;
  readonly need: number;
}

const NOTHING: Seen = { have: 0, need: 0 };

const seen = signal<Seen>(NOTHING);
const trouble = signal<string | null>(null);

/** One camera, one scanner: the screen that shows it is told when the message is whole. */
let tell: Props['onMessage'] = () => {};
let stop: (() => void) | null = null;
let looking = 0;

function place(video: HTMLVideoElement | null): void {
  looking += 1;
  stop?.();
  stop = null;
  if (video) void begin(video, looking);
}

async function begin(video: HTMLVideoElement, turn: number): Promise<void> {
  seen.value = NOTHING;
  trouble.value = null;
  let collector = new Collector();
  const onText = async (words: string) => {
    if (!collector.add(fromBase45(words) ?? new Uint8Array())) return;
    seen.value = { have: collector.have, need: collector.need };
    const { message, sequence } = collector;
    if (!message) return;
    if ((await sequenceOf(message)) === sequence) return tell(message);
    collector = new Collector();
  };
  try {
    const end = await watch(clock, video, (words) => void onText(words));
    // The screen may have gone while the camera was being opened.
    if (turn === looking) stop = end;
    else end();
  } catch (error) {
    trouble.value = codeOf(error);
  }
}

export function Scanner({ onMessage }: Props) {
  tell = onMessage;
  const { have, need } = seen.value;
  return (
    <>
      <video ref={place} class="finder" playsInline muted data-testid="finder" />
      {trouble.value !== null && (
        <Say tone="amber" id="scan-trouble">
          {troubleWords(trouble.value, null).join(' ')}
        </Say>
      )}
      <p role="status" data-testid="scan-progress" data-have={have} data-need={need}>
        {need > 0 ? fill(text.carry.progress, have, need) : text.carry.aim}
      </p>
      <progress max={Math.max(1, need)} value={have} />
    </>
  );
}
