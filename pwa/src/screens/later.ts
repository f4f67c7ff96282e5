/** What is loaded behind the first screen: the forms at once, the rest when it is opened. */

import { later } from './later-screen';
import type { Props } from './later-screen';
import type { Carry as CarryScreen } from './carry';
import type { Custody as CustodyScreen } from './custody';
import type * as Forms from './forms';

const forms = () => import('./forms');

export const Intention = later<Props<typeof Forms.Intention>>(
  async () => (await forms()).Intention,
);
export const Notice = later<Props<typeof Forms.Notice>>(async () => (await forms()).Notice);
export const Receipt = later<Props<typeof Forms.Receipt>>(async () => (await forms()).Receipt);
export const Slips = later<object>(async () => (await forms()).Slips);
export const Suspect = later<Props<typeof Forms.Suspect>>(async () => (await forms()).Suspect);
export const Unsigned = later<Props<typeof Forms.Unsigned>>(async () => (await forms()).Unsigned);
export const VoidReceipt = later<Props<typeof Forms.VoidReceipt>>(
  async () => (await forms()).VoidReceipt,
);
export const Custody = later<Props<typeof CustodyScreen>>(
  async () => (await import('./custody')).Custody,
);
export const Carry = later<Props<typeof CarryScreen>>(async () => (await import('./carry')).Carry);

/** Right behind the first screen, so that nobody waits for them at a gate. */
export async function fetchForms(): Promise<void> {
  const all = [Intention, Notice, Receipt, Slips, Unsigned, VoidReceipt];
  await Promise.all(all.map((one) => one.fetch()));
}
