/*
 * The operator's token, as long as the tab is open. It is kept nowhere else.
 */
import { effect, signal } from '@preact/signals';

const KEY = 'trolley.operator-token';

/** Undefined until somebody has typed it in. */
export const operatorToken = signal<string | undefined>(sessionStorage.getItem(KEY) ?? undefined);

effect(() => {
  if (operatorToken.value === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, operatorToken.value);
});
