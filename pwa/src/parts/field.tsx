/** Labelled input: a line of text, a date, a choice from a list, a tick. */

import type { ComponentChildren } from 'preact';

interface InputProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly id: string;
}

interface FieldProps extends InputProps {
  readonly max?: number;
  readonly mode?: 'decimal' | 'text';
}

interface LabelledProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

const Labelled = ({ label, children }: LabelledProps) => (
  <label class="field">
    <span>{label}</span>
    {children}
  </label>
);

/** A lone surrogate has no bytes of its own; half an emoji is dropped where it is typed. */
const whole = (value: string): string => value.replace(/\p{Surrogate}/gu, '');

export function Field({ label, value, onValue, id, max = 100, mode = 'text' }: FieldProps) {
  return (
    <Labelled label={label}>
      <input
        inputMode={mode}
        maxLength={max}
        value={value}
        autocomplete="off"
        data-testid={id}
        onInput={(event) => onValue(whole(event.currentTarget.value))}
      />
    </Labelled>
  );
}

interface DateProps extends InputProps {
  readonly from: string;
  readonly to: string;
}

export function DateField({ label, value, onValue, id, from, to }: DateProps) {
  return (
    <Labelled label={label}>
      <input
        type="date"
        min={from}
        max={to}
        value={value}
        data-testid={id}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </Labelled>
  );
}

interface SelectProps extends InputProps {
  /** Each code with its words, in the order shown. */
  readonly options: Readonly<Record<string, string>>;
}

export function Select({ label, value, onValue, id, options }: SelectProps) {
  return (
    <Labelled label={label}>
      <select
        value={value}
        data-testid={id}
        onChange={(event) => onValue(event.currentTarget.value)}
      >
        {Object.entries(options).map(([code, words]) => (
          <option key={code} value={code}>
            {words}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

interface TickProps {
  readonly value: boolean;
  readonly onValue: (value: boolean) => void;
  readonly id: string;
  readonly children: ComponentChildren;
}

export function Tick({ value, onValue, id, children }: TickProps) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={value}
        data-testid={id}
        onChange={(event) => onValue(event.currentTarget.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
