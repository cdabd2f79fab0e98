/*
 * Asks a person at a terminal. Each question may be left unanswered (Esc, Ctrl-C), which goes back. Menus know this
 * interface alone, so that a test can take the person's turn.
 */

export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  /** More about it, shown when it is being looked at. */
  readonly hint?: string;
}

/** Each answer is undefined when the person goes back. */
export interface Prompter {
  /** One of several. */
  choose<T>(question: string, choices: readonly Choice<T>[]): Promise<T | undefined>;
  /** Some of many, which can be narrowed by typing; at least one. */
  chooseSome(question: string, choices: readonly Choice<string>[]): Promise<readonly string[] | undefined>;
  /** A line of text; `problemWith` says what is wrong with it, or undefined. */
  ask(question: string, options?: AskOptions): Promise<string | undefined>;
  confirm(question: string): Promise<boolean | undefined>;
}

interface AskOptions {
  /** Stands there to begin with. */
  readonly initial?: string | undefined;
  /** Shown, faintly, while nothing is typed. */
  readonly example?: string | undefined;
  readonly problemWith?: (text: string) => string | undefined;
}
