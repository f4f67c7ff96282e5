/** One tab only: two of them would write two histories into one lane. */

const NAME = 'doorstep';

/** The page that is being reloaded lets go of the lock only when it is gone. */
const PATIENCE_MS = 3_000;

/** Holds the lock until the page closes. `onWait` is called when another tab has it. */
export function holdLock(onWait: () => void): Promise<void> {
  return new Promise((held) => {
    const timer = setTimeout(onWait, PATIENCE_MS);
    void navigator.locks.request(NAME, () => {
      clearTimeout(timer);
      held();
      return new Promise<never>(() => undefined);
    });
  });
}
