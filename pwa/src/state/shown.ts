/** The one view of the one phone, for the screens; made when the phone is ready. */

import { makeView } from './view';
import type { View } from './view';
import { phone } from './start';

export let shown: View;

export function showPhone(): void {
  shown = makeView(phone);
  // The day by this phone's clock, whenever the app comes to the front.
  document.addEventListener('visibilitychange', () => shown.look());
}
