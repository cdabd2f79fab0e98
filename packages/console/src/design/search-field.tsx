/*
 * A search that follows what one types, a moment after one has stopped.
 */
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { after } from '../live/time.ts';
import { Field } from './field.tsx';

const SETTLED_MS = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  /** What is searched for now. */
  readonly value: string;
  readonly onSearch: (text: string) => void;
}

/** The field. */
export function SearchField({ label, placeholder, value, onSearch }: SearchFieldProps): VNode {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    // The address was changed by something else, such as the way back.
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === sent.current) return undefined;
    return after(SETTLED_MS, () => {
      sent.current = wanted;
      onSearch(wanted);
    });
  }, [text]);
  return <Field label={label} type="search" value={text} placeholder={placeholder} onInput={setText} />;
}
