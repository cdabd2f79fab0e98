/*
 * A labelled input, with a hint and what is wrong with its value, tied together for screen readers.
 */
import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import './field.css';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly type?: 'text' | 'search' | 'email' | 'number' | 'password';
  readonly placeholder?: string;
  readonly autocomplete?: string;
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** Suggestions, offered while one types. */
  readonly suggestions?: readonly string[];
  /** Keeps the label for screen readers alone. */
  readonly hideLabel?: boolean;
}

/** A labelled input. */
export function Field(props: FieldProps): VNode {
  const { label, value, onInput, hint, error, suggestions, hideLabel = false, type = 'text', ...input } = props;
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id} class={hideLabel ? 'visually-hidden' : ''}>
        {label}
      </label>
      <input
        {...input}
        {...anyKind(type)}
        id={id}
        class="input"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={described === '' ? undefined : described}
        list={suggestions && `${id}-list`}
        spellcheck={false}
        autocapitalize="off"
      />
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error && (
        <span class="error" id={`${id}-error`}>
          {error}
        </span>
      )}
    </div>
  );
}

/** The types let only some kinds of input have a list; browsers let all of these. */
function anyKind(type: string) {
  return { type } as { readonly type: 'text' };
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** A box to tick. */
export function Check({ label, checked, onChange }: CheckProps): VNode {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

interface SelectProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

/** A choice of one. */
export function Select<T extends string>({ label, value, options, onChange }: SelectProps<T>): VNode {
  const id = useId();
  const change = (text: string): void => {
    const chosen = options.find((option) => option.value === text);
    if (chosen !== undefined) onChange(chosen.value);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="input" value={value} onChange={(event) => change(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
