/** Choose one of a few: big targets, one tap, nothing hidden in a menu. */

interface Props<T extends string> {
  readonly label: string;
  readonly options: readonly T[];
  readonly words: (option: T) => string;
  readonly value: T | null;
  readonly onPick: (option: T) => void;
  /** Prefix of the test id of each option. */
  readonly id: string;
}

export function Choice<T extends string>({ label, options, words, value, onPick, id }: Props<T>) {
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      <div class="chips">
        {options.map((option) => (
          <button
            key={option}
            type="button"
            class="chip"
            aria-pressed={option === value}
            data-testid={`${id}-${option}`}
            onClick={() => onPick(option)}
          >
            {words(option)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
