/*
 * What can go wrong with a call, as pages handle it: the gateway refused it (RFC 9457), or did not answer.
 */

/** A field of the request that is wrong. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** The gateway answered, and said why not. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** Stable, such as QUORUM_NOT_MET; empty when the answer was no problem document. */
  readonly code: string;
  readonly title: string;
  readonly fields: readonly FieldError[];
  /** What else the answer said, such as which items are taken. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    const title = textOf(body['title']) ?? `The gateway answered ${status}`;
    super(textOf(body['detail']) ?? title);
    this.status = status;
    this.code = textOf(body['code']) ?? '';
    this.title = title;
    this.fields = fieldsOf(body['errors']);
    this.body = body;
  }
}

/** The gateway did not answer: it is away, or cut off from this browser. Whether a change was made is not known. */
export class GatewayAway extends Error {
  override readonly name = 'GatewayAway';
  constructor(cause: unknown) {
    super('The gateway does not answer.', { cause });
  }
}

/** What goes on by itself when more nodes are up. */
const TOO_FEW_REPLICAS: ReadonlySet<string> = new Set(['QUORUM_NOT_MET', 'NO_REPLICA', 'NO_CLUSTER_MAP']);
const MORE_NODES = 'It works again when more nodes are up; the Cluster page shows which are down.';

/** What to tell a person about an error, in a sentence or two. */
export function describeError(error: unknown): string {
  if (error instanceof ApiProblem) {
    if (error.fields.length > 0) return error.fields.map(({ field, message }) => `${field} ${message}`).join('; ');
    return TOO_FEW_REPLICAS.has(error.code) ? `${sentence(error.message)} ${MORE_NODES}` : sentence(error.message);
  }
  if (error instanceof GatewayAway) return 'The gateway does not answer. It may be restarting; try again in a moment.';
  return error instanceof Error ? sentence(error.message) : 'Something went wrong.';
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function fieldsOf(errors: unknown): readonly FieldError[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((entry: unknown) => {
    const { field, message } = Object(entry) as Record<string, unknown>;
    return typeof message === 'string' ? [{ field: textOf(field) ?? '', message }] : [];
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
