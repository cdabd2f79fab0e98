/*
 * Light or dark: as the system has it, unless somebody chose.
 */
import { effect, signal } from '@preact/signals';

/** What can be chosen. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'trolley.theme';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** What was chosen; remembered in this browser. */
export const theme = signal<Theme>(THEMES.find((name) => name === localStorage.getItem(KEY)) ?? 'system');

/** The next choice, in a circle. */
export function nextTheme(current: Theme): Theme {
  return THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'system';
}

effect(() => {
  localStorage.setItem(KEY, theme.value);
  document.documentElement.dataset['theme'] = theme.value;
});
