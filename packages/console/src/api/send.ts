/*
 * One call of the gateway's API. The only file of the pages that makes one, but for the event stream.
 */
import { operatorToken } from './operator-token.ts';
import { ApiProblem, GatewayAway } from './problem.ts';
import { parseQuorum, type Quorum } from './quorum.ts';

/** A call: what goes where. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Values that are undefined are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the operator's token, when there is one. */
  readonly asOperator?: boolean;
  readonly signal?: AbortSignal;
}

/** An answer that is no error. */
export interface Reply<T> {
  readonly status: number;
  readonly body: T;
  /** How many replicas stand behind it; undefined when the call is none of the store's. */
  readonly quorum: Quorum | undefined;
  readonly headers: Headers;
}

/**
 * Calls the gateway. The type of the body is what its document says; nothing is checked here.
 * @throws ApiProblem when it refuses, GatewayAway when it does not answer, the signal's reason when aborted.
 */
export async function send<T>(path: string, call: Call = {}): Promise<Reply<T>> {
  const { signal } = call;
  try {
    const response = await fetch(withQuery(path, call.query), {
      method: call.method ?? 'GET',
      headers: headersOf(call),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const body = bodyOf(await response.text(), response.headers);
    if (!response.ok) throw problemOf(response.status, body);
    const quorum = parseQuorum(response.headers.get('trolley-quorum'));
    return { status: response.status, body: body as T, quorum, headers: response.headers };
  } catch (error) {
    if (error instanceof ApiProblem || error instanceof GatewayAway) throw error;
    if (signal?.aborted === true) throw signal.reason;
    throw new GatewayAway(error);
  }
}

/** A path with its query; `segment` values must be encoded by the caller. */
function withQuery(path: string, query: Call['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}

function headersOf(call: Call): Record<string, string> {
  const token = call.asOperator === true ? operatorToken.value : undefined;
  const isChange = call.method !== undefined && call.method !== 'GET';
  return {
    accept: 'application/json',
    // Calls of operators are refused without it even when they have no body.
    ...(isChange ? { 'content-type': 'application/json' } : {}),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...call.headers,
  };
}

function bodyOf(text: string, headers: Headers): unknown {
  if (!/json/.test(headers.get('content-type') ?? '')) return text === '' ? undefined : text;
  return text === '' ? undefined : JSON.parse(text);
}

/** A proxy before the gateway that finds it away answers 502 to 504 without a problem document. */
function problemOf(status: number, body: unknown): ApiProblem | GatewayAway {
  const isDocument = typeof body === 'object' && body !== null;
  if (!isDocument && status >= 500) return new GatewayAway(new Error(`HTTP ${status}`));
  return new ApiProblem(status, isDocument ? { ...body } : {});
}
