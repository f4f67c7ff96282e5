/** The number pad for money: keys a thumb cannot miss, and no keyboard over the amount. */

import { text } from './words';

interface Props {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', '<'] as const;
const NAMES: Readonly<Record<string, string>> = { '.': 'dot', '<': 'back' };

/** Twelve digits of yuan are more than any limit. */
const LONGEST = 12;

/** What the amount is after a key: no second point, no third decimal, no useless zero. */
export function pressed(value: string, key: string): string {
  if (key === '<') return value.slice(0, -1);
  if (key === '.') return value.includes('.') ? value : `${value || '0'}.`;
  if (/\.\d\d$/.test(value) || value.length >= LONGEST) return value;
  return value === '0' ? key : value + key;
}

export function Pad({ value, onValue }: Props) {
  return (
    <div class="pad" role="group" aria-label={text.amount}>
      {KEYS.map((key) => (
        <button
          key={key}
          data-testid={`key-${NAMES[key] ?? key}`}
          aria-label={key === '<' ? text.erase : key}
          onClick={() => onValue(pressed(value, key))}
        >
          {key === '<' ? '⌫' : key}
        </button>
      ))}
    </div>
  );
}
