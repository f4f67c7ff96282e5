/** A bundle or an acknowledgement as a file: sent on, kept, or read. */

import { toText } from '../sync/bundle';
import { text } from './words';

type Bytes = Uint8Array<ArrayBuffer>;

interface SendProps {
  readonly message: Bytes;
  /** The id of the bundle; its beginning is the name. */
  readonly id: string;
}

const fileOf = ({ message, id }: SendProps): File =>
  // Android's share menu takes no unknown kind of file.
  new File([toText(message)], `doorstep-${id.slice(0, 8)}.txt`, { type: 'text/plain' });

/** Through the phone's own menu where there is one, else into its downloads. */
async function send(what: SendProps): Promise<void> {
  const file = fileOf(what);
  if (navigator.canShare?.({ files: [file] })) {
    // Called off by the thumb is no trouble.
    return navigator.share({ files: [file] }).catch(() => undefined);
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function SendFile(what: SendProps) {
  return (
    <button class="main" data-testid="bundle-file" onClick={() => void send(what)}>
      {text.carry.sendFile}
    </button>
  );
}

interface TakeProps {
  readonly onMessage: (message: Bytes) => void;
}

export function TakeFile({ onMessage }: TakeProps) {
  const choose = async (input: HTMLInputElement) => {
    const [file] = input.files ?? [];
    input.value = '';
    if (file) onMessage(new Uint8Array(await file.arrayBuffer()));
  };
  return (
    <label class="photo">
      {text.carry.takeFile}
      <input
        type="file"
        data-testid="take-file"
        onChange={(event) => void choose(event.currentTarget)}
      />
    </label>
  );
}
