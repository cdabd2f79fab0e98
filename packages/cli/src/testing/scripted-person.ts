/*
 * A person for tests of menus: answers the questions in turn, and notes what was asked.
 */
import type { Choice, Prompter } from '../prompter.ts';

/** An answer: the label of a choice, some values, a text, yes or no; `back` leaves the question unanswered. */
export type Answer = string | readonly string[] | boolean | { readonly back: true };

export const BACK: Answer = { back: true };

/** A prompter that gives the answers one by one. Each question without an answer left goes back. */
export function scriptedPerson(answers: readonly Answer[]): Prompter & { readonly asked: string[] } {
  const left = [...answers];
  const asked: string[] = [];
  const next = (question: string): Answer => {
    asked.push(question);
    return left.shift() ?? BACK;
  };
  const wrong = (question: string, answer: Answer): Error =>
    new Error(`"${question}" cannot be answered with ${JSON.stringify(answer)}`);
  return {
    asked,
    choose: async (question, choices) => {
      const answer = next(question);
      if (answer === BACK) return undefined;
      const chosen = choices.find((choice) => choice.label === answer || choice.value === answer);
      if (chosen === undefined) throw wrong(question, answer);
      return chosen.value;
    },
    chooseSome: async (question, choices: readonly Choice<string>[]) => {
      const answer = next(question);
      if (answer === BACK) return undefined;
      if (!Array.isArray(answer)) throw wrong(question, answer);
      const values = new Set(choices.map((choice) => choice.value));
      const words: readonly unknown[] = answer;
      const chosen = words.filter((each): each is string => typeof each === 'string' && values.has(each));
      if (chosen.length !== words.length) throw wrong(question, answer);
      return chosen;
    },
    ask: async (question, options) => {
      for (;;) {
        const answer = next(question);
        if (answer === BACK) return undefined;
        if (typeof answer !== 'string') throw wrong(question, answer);
        if (options?.problemWith?.(answer) === undefined) return answer;
        asked.push(`refused: ${answer}`);
      }
    },
    confirm: async (question) => {
      const answer = next(question);
      if (answer === BACK) return undefined;
      if (typeof answer !== 'boolean') throw wrong(question, answer);
      return answer;
    },
  };
}
