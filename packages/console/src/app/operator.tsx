/*
 * What only an operator may do: asks for the operator's token when the gateway wants one, and tries again with it.
 */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { operatorToken } from '../api/operator-token.ts';
import { ApiProblem } from '../api/problem.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Field } from '../design/field.tsx';

/** The question that is open. */
interface Question {
  /** Whether a token was sent and found wrong. */
  readonly wrong: boolean;
  readonly answer: (token: string | undefined) => void;
}

const question = signal<Question | undefined>();

/** The person would not give the token, so nothing was done. */
class NoToken extends Error {
  override readonly name = 'NoToken';
  constructor() {
    super('Nothing was done: this needs the operator’s token.');
  }
}

/**
 * Does something that may need the operator's token.
 * @param action sends its calls with `asOperator: true`; called again after a token was given
 * @throws what the action throws; NoToken when a token is wanted and not given.
 */
export async function asOperator<T>(action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      await askForToken(operatorToken.value !== undefined);
    }
  }
}

async function askForToken(wrong: boolean): Promise<void> {
  const token = await new Promise<string | undefined>((resolve) => {
    // A second question takes the place of the first, which counts as not answered.
    question.value?.answer(undefined);
    question.value = { wrong, answer: resolve };
  });
  question.value = undefined;
  if (token === undefined) throw new NoToken();
  operatorToken.value = token;
}

/** Where the question is asked. */
export function OperatorQuestion(): VNode | null {
  if (question.value === undefined) return null;
  return <TokenDialog question={question.value} />;
}

function TokenDialog({ question: { wrong, answer } }: { readonly question: Question }): VNode {
  const [token, setToken] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (token.trim() !== '') answer(token.trim());
  };
  return (
    <Dialog title="The operator’s token" onClose={() => answer(undefined)}>
      <form class="stack" onSubmit={submit}>
        <p class="muted">
          This gateway lets only its operator do that. The token is what it was started with as{' '}
          <code>OPERATOR_TOKEN</code>; it is kept until this tab is closed.
        </p>
        <Field
          label="Token"
          type="password"
          autocomplete="off"
          value={token}
          onInput={setToken}
          error={wrong ? 'The token that was sent is wrong.' : undefined}
        />
        <div class="actions">
          <Button onClick={() => answer(undefined)}>Cancel</Button>
          <Button type="submit" look="primary" disabled={token.trim() === ''}>
            Go on
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
