/** What runs in a page of the simulation: the phone's real program, and eyes and hands for it. */

import { details, keepInTouch, lostAll, phone, stage, start, sync } from '../../state/start';
import { showPhone } from '../../state/shown';
import { enrol } from '../../state/enrol';
import { codeOf } from '../../device/trouble';
import { papers } from '../../text/papers';
import { setWords } from '../../text/words';
import { zh } from '../../text/zh';
import { perform } from './hands';
import type { Deed } from './hands';
import { lookAt } from './eyes';
import type { Look } from './eyes';

export interface Program {
  start(): Promise<void>;
  enrol(code: string): Promise<string>;
  sync(): Promise<void>;
  act(deed: Deed): Promise<readonly string[] | null>;
  look(): Look;
}

setWords({ ...zh, papers });

export const program: Program = {
  start: () => start(showPhone).then(() => (stage.value === 'ready' ? keepInTouch() : undefined)),
  async enrol(code) {
    try {
      phone.persisted.value = true;
      await enrol(phone, code);
      stage.value = 'ready';
      keepInTouch();
      return 'enrolled';
    } catch (error) {
      return codeOf(error);
    }
  },
  sync: () => sync.run(),
  async act(deed) {
    const saved = await perform(deed);
    return saved && saved.map(({ hash }) => hash);
  },
  look: () => lookAt({ stage: stage.value, details: details.value, lostAll: lostAll.value }),
};
