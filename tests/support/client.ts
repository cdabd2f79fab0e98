/*
 * Calls gateways and nodes as a client would, and hands back status, body and headers as they come.
 */

/** A test that waits for ever says nothing. */
const ANSWER_TIMEOUT_MS = 20_000;

/** An answer, its body parsed when it is JSON. */
export interface Answer {
  readonly status: number;
  // What the server says is for the test to check.
  readonly body: unknown;
  readonly headers: Headers;
}

/** GETs a path. */
export async function get(url: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return answerOf(await fetch(`${url}${path}`, { headers, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }));
}

/** POSTs JSON to a path. */
export async function post(
  url: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return answerOf(response);
}

/** Like post, and throws unless it succeeded. */
export async function mustPost(url: string, path: string, body: unknown): Promise<unknown> {
  const answer = await post(url, path, body);
  if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}
