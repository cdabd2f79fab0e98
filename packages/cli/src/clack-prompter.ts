/*
 * The prompter on a real terminal, by the library @clack/prompts.
 */
import type { Readable, Writable } from 'node:stream';
import { autocompleteMultiselect, confirm, isCancel, select, text } from '@clack/prompts';
import { printable } from './printable.ts';
import type { Choice, Prompter } from './prompter.ts';

const SHOWN_CHOICES = 12;

/** Asks on the streams, of which the first is a keyboard. */
export function createPrompter(input: Readable, output: Writable): Prompter {
  const streams = { input, output };
  return {
    choose: async (message, choices) => {
      // By number: the library takes only some types for values.
      const options = choices.map((choice, index) => ({ value: index, ...wordsOf(choice) }));
      const chosen = await select<number>({ ...streams, message, options, maxItems: SHOWN_CHOICES });
      return isCancel(chosen) ? undefined : choices[chosen]?.value;
    },
    chooseSome: async (message, choices) => {
      const options = choices.map((choice) => ({ value: choice.value, ...wordsOf(choice) }));
      const placeholder = 'type to search';
      const maxItems = SHOWN_CHOICES;
      const asked = { ...streams, message, options, placeholder, maxItems, required: true };
      const chosen = await autocompleteMultiselect<string>(asked);
      return isCancel(chosen) ? undefined : chosen;
    },
    ask: async (message, { initial, example, problemWith } = {}) => {
      const answer = await text({
        ...streams,
        message,
        ...(initial === undefined ? {} : { initialValue: initial }),
        ...(example === undefined ? {} : { placeholder: example }),
        validate: (typed) => problemWith?.(typed ?? ''),
      });
      return isCancel(answer) ? undefined : (answer ?? '').trim();
    },
    confirm: async (message) => {
      const answer = await confirm({ ...streams, message, initialValue: false });
      return isCancel(answer) ? undefined : answer;
    },
  };
}

function wordsOf({ label, hint }: Choice<unknown>): { readonly label: string; readonly hint?: string } {
  return { label: printable(label), ...(hint === undefined ? {} : { hint: printable(hint) }) };
}
