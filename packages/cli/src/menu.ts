/*
 * A menu that comes back after each choice, until the person leaves. What cannot be done is told, and ends nothing.
 */
import type { CommandContext } from './command-context.ts';
import { CommandFailure } from './failure.ts';
import type { Choice, Prompter } from './prompter.ts';

export interface MenuEntry {
  readonly label: string;
  readonly hint?: string;
  readonly run: () => Promise<void>;
}

/** Takes turns with the person until they leave. @throws what is a bug */
export async function runMenu(
  { terminal }: Pick<CommandContext, 'terminal'>,
  prompter: Prompter,
  question: string,
  entries: readonly MenuEntry[],
): Promise<void> {
  const leave: Choice<MenuEntry | undefined> = { value: undefined, label: 'Leave' };
  const choices = [...entries.map((entry) => choiceOf(entry)), leave];
  for (;;) {
    const entry = await prompter.choose(question, choices);
    if (entry === undefined) return;
    try {
      await entry.run();
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      terminal.notice(`${terminal.colours.red('error:')} ${error.message}`);
      if (error.hint !== undefined) terminal.notice(error.hint);
    }
  }
}

function choiceOf(entry: MenuEntry): Choice<MenuEntry> {
  return { value: entry, label: entry.label, ...(entry.hint === undefined ? {} : { hint: entry.hint }) };
}
