/*
 * A client that wants an answer: sends a request again, to one gateway after the other, while none serves it. For
 * requests that may be sent again, such as those under an idempotency key.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './client.ts';

const ATTEMPTS_MAX = 40;
const PAUSE_MS = 250;

/** The first answer that settles the matter. @param first the gateway to begin with @throws Error when none comes */
export async function untilAnswered(
  urls: readonly string[],
  first: number,
  send: (url: string) => Promise<Answer>,
): Promise<Answer> {
  let last: unknown;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const url = urls[(first + attempt) % urls.length] ?? '';
    try {
      const answer = await send(url);
      if (answer.status < 500) return answer;
      last = answer.body;
    } catch (error) {
      last = error;
    }
    await delay(PAUSE_MS);
  }
  throw new Error(`no answer after ${ATTEMPTS_MAX} attempts`, { cause: last });
}
