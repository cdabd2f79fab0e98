/*
 * What a request that must be refused looks like, and how tables of them are made.
 */

/** A request, and how it must be refused. */
export interface BadRequest {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly status: number;
  /** The `code` of the problem; INVALID_INPUT for each 400 that names a field. */
  readonly code?: string;
  /** The field that the problem names. */
  readonly field?: string;
}

export const JSON_HEADERS = { 'content-type': 'application/json' } as const;
export const ANN = '"email": "ann@example.com"';

/** A body that is refused because of a field. */
export function badBody(title: string, path: string, body: string, field: string): BadRequest {
  return { title, method: 'POST', path, headers: JSON_HEADERS, body, status: 400, code: 'INVALID_INPUT', field };
}

/** A query that is refused because of a parameter. */
export function badQuery(title: string, path: string, field: string, method = 'GET'): BadRequest {
  return { title, method, path, status: 400, code: 'INVALID_INPUT', field };
}

/** A body that cannot be read at all. */
export function unreadable(title: string, body: string | Uint8Array<ArrayBuffer>): BadRequest {
  return { title, method: 'POST', path: '/product', headers: JSON_HEADERS, body, status: 400, code: 'MALFORMED_JSON' };
}

/** Texts that are no e-mail address, and what is no text. */
export const EMAILS: readonly (readonly [title: string, json: string])[] = [
  ['a number', '5'],
  ['null', 'null'],
  ['empty', '""'],
  ['without an at', '"ann"'],
  ['__proto__', '"__proto__"'],
  ['with a control character', '"ann@exam\\u0007ple.com"'],
  ['with a space inside', '"ann b@example.com"'],
  ['too long', `"${'a'.repeat(250)}@example.com"`],
  ['a list', '["ann@example.com"]'],
];
