/** Choose one of a few: big targets, one tap, nothing hidden in a menu. */

interface Props<T extends string> {
  readonly label: string;
  /** Each code with its words, in the order shown. */
  readonly options: Readonly<Record<T, string>>;
  readonly value: string | null;
  readonly onPick: (option: T) => void;
  /** Prefix of the test id of each option. */
  readonly id: string;
}

export function Choice<T extends string>({ label, options, value, onPick, id }: Props<T>) {
  return (
    <fieldset>
      <legend>{label}</legend>
      <div class="chips">
        {(Object.keys(options) as T[]).map((option) => (
          <button
            key={option}
            class="chip"
            aria-pressed={option === value}
            data-testid={`${id}-${option}`}
            onClick={() => onPick(option)}
          >
            {options[option]}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
