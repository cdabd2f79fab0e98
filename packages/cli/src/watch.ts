/*
 * Looks again and again and shows what it sees: on a screen redrawn in place until q or Ctrl-C, in a pipe one block
 * for each change. A gateway that stops answering meanwhile is part of what is seen.
 */
import type { CommandContext } from './command-context.ts';
import { CommandFailure } from './failure.ts';
import { pause } from './pause.ts';

const INTERVAL_MS = 500;
const ENDING_KEYS = new Set(['q', 'Q', '\u0003']);

/** What was seen at one moment. */
export interface Sight {
  /** For people; two looks are the same when these are. */
  readonly lines: readonly string[];
  /** For programs. */
  readonly document: unknown;
}

/** Watches until it is told to stop. @throws CommandFailure when the first look brings nothing */
export async function watch(context: CommandContext, look: () => Promise<Sight>, json: boolean): Promise<void> {
  const { terminal, clock } = context;
  const ending = new AbortController();
  const endings = [
    context.onStopSignal(() => ending.abort()),
    context.onKey((key) => {
      if (ENDING_KEYS.has(key)) ending.abort();
    }),
  ];
  const show = terminal.interactive && !json ? frames(context) : blocks(context, json);
  try {
    show(await look());
    for (;;) {
      await pause(clock, INTERVAL_MS, ending.signal);
      if (ending.signal.aborted) return;
      show(await lookOrTell(look));
    }
  } finally {
    for (const end of endings) end();
    terminal.frameDone();
  }
}

async function lookOrTell(look: () => Promise<Sight>): Promise<Sight> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { lines: [error.message], document: { error: error.message } };
  }
}

function frames({ terminal }: CommandContext): (sight: Sight) => void {
  const note = terminal.colours.dim('q ends');
  return ({ lines }) => terminal.frame([...lines.flatMap((line) => line.split('\n')), note]);
}

function blocks({ terminal }: CommandContext, json: boolean): (sight: Sight) => void {
  let last: string | undefined;
  return ({ lines, document }) => {
    const text = lines.join('\n');
    if (text === last) return;
    if (last !== undefined && !json) terminal.line('');
    last = text;
    if (json) terminal.line(JSON.stringify(document));
    else for (const line of lines) terminal.line(line);
  };
}
