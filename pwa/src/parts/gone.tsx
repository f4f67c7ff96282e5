/** A household or loan that has left the officer's work while its screen was open. */

import { text } from './words';
import { Frame } from './frame';

export function Gone() {
  return (
    <Frame title={text.gone}>
      <p class="empty">{text.goneWhy}</p>
    </Frame>
  );
}
