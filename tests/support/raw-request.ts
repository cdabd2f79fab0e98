/*
 * Sends a request as it is, where fetch would mend its path or refuse its method.
 */
import { request } from 'node:http';
import type { FuzzRequest } from './mutate-request.ts';

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Sends it. @throws Error when there is no whole answer within the time */
export async function sendRaw(url: string, fuzzed: FuzzRequest, timeoutMs: number): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const query = fuzzed.query.length === 0 ? '' : `?${fuzzed.query.join('&')}`;
  const { method, body } = fuzzed;
  // Left to itself, the client sends the body of a GET without saying how long it is.
  const length = 'transfer-encoding' in fuzzed.headers ? {} : { 'content-length': Buffer.byteLength(body ?? '') };
  const headers = { ...fuzzed.headers, ...(body === undefined ? {} : length) };
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path: `${fuzzed.path}${query}`, headers, signal },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            contentType: incoming.headers['content-type'] ?? '',
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
