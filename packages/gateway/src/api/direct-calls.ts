/*
 * The two calls that a shop makes most, a cart read and an addition to one, answered from Node's own request and to its own
 * reply: making the ones of the web for them, and finding the call among sixty, would be a sixth of what a read costs. Taken
 * is only what is plainly right, and asks for nothing that is rare; all else goes to the app, which decides, and which would
 * have answered the same (direct-calls.test.ts).
 */
import { isUtf8 } from 'node:buffer';
import {
  PROBLEM_CONTENT_TYPE,
  ProblemError,
  problemText,
  REQUEST_ID_HEADER,
  UNEXPECTED,
  type HandleRequest,
  type ProblemDetails,
} from '@trolley/cluster';
import type { Logger } from 'pino';
import { StoreError } from '../store.ts';
import { quickAddedLines, quickUserQuery } from './quick-input.ts';
import { quorumHeaders } from './replies.ts';
import type { OpenRequest, RequestFrame, RequestNotes } from './request-frame.ts';
import { changeUser, readUser, refuseMissing, type Shop, type UserAnswer } from './shop.ts';
import { storeProblem } from './store-problem.ts';

/** What the calls work with. */
export interface DirectCallOptions {
  readonly shop: Shop;
  readonly frame: RequestFrame;
  readonly logger: Logger;
  /** Answers all that is not taken here. */
  readonly otherwise: HandleRequest;
}

const READ = { method: 'GET', path: '/user' } as const;
const ADDITION = { method: 'POST', path: '/addtocart' } as const;

const READ_URL = `${READ.path}?email=`;
/** An address in a query that means what it says, but for the sign that is commonly escaped. */
const PLAIN_ADDRESS = /^[\w.@-]{1,300}$/;
/** Longer bodies are for the app, which reads them piece by piece. */
const BODY_BYTES_MAX = 65_536;
const PLAIN_HOST = /^[\w.-]+(?::\d{1,5})?$/;
const CONTENT_TYPE = 'content-type';

type Route = typeof READ | typeof ADDITION;
type Incoming = Parameters<HandleRequest>[0];
type Outgoing = Parameters<HandleRequest>[1];

/** Answers the two calls, and hands on whatever else comes. */
export function withDirectCalls(options: DirectCallOptions): HandleRequest {
  const { shop, otherwise } = options;
  return (incoming, outgoing) => {
    const email = emailToRead(incoming);
    if (email !== undefined) {
      const taken = { route: READ, open: begin(options.frame, READ) };
      return answer(options, outgoing, taken, ({ requestId }) => readUser(shop.store, email, { requestId }));
    }
    return isAddition(incoming) ? add(options, incoming, outgoing) : otherwise(incoming, outgoing);
  };
}

/** The address of the user to read; undefined when the request is another, or not so plain. */
function emailToRead({ method, url = '', headers }: Incoming): string | undefined {
  if (method !== READ.method || !url.startsWith(READ_URL) || asksForMore(headers)) return undefined;
  const email = url.slice(READ_URL.length).replace('%40', '@');
  return PLAIN_ADDRESS.test(email) ? quickUserQuery({ email })?.email : undefined;
}

function isAddition({ method, url, headers, rawHeaders }: Incoming): boolean {
  if (method !== ADDITION.method || url !== ADDITION.path || headers[CONTENT_TYPE] !== 'application/json') return false;
  const { 'content-length': length } = headers;
  if (length === undefined || Number(length) > BODY_BYTES_MAX || asksForMore(headers)) return false;
  // Of several types Node.js tells the first.
  return rawHeaders.filter((text) => isContentType(text)).length === 1;
}

/** Whether this is the name of the header, or the like among the values, which is for the app to look at. */
function isContentType(text: string): boolean {
  return text.length === CONTENT_TYPE.length && text.toLowerCase() === CONTENT_TYPE;
}

/** Whether headers ask for something rare, or for another host than a plain one. */
function asksForMore(headers: Incoming['headers']): boolean {
  return (
    headers.host === undefined ||
    headers['x-request-id'] !== undefined ||
    headers['idempotency-key'] !== undefined ||
    headers['content-encoding'] !== undefined ||
    headers['transfer-encoding'] !== undefined ||
    headers.expect !== undefined ||
    !PLAIN_HOST.test(headers.host)
  );
}

async function add(options: DirectCallOptions, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  const { shop, frame, otherwise } = options;
  const open = begin(frame, ADDITION);
  const bytes = await bodyOf(incoming);
  if (bytes === undefined) {
    // Nobody is there to be told.
    frame.end(open, { method: ADDITION.method, path: () => ADDITION.path, status: 400 });
    return;
  }
  const wanted = additionIn(bytes);
  if (wanted === undefined) {
    // That is where the app's listener looks for a body that was read already.
    await otherwise(Object.assign(incoming, { rawBody: bytes }), outgoing);
    return;
  }
  const { email, products } = wanted;
  await answer(options, outgoing, { route: ADDITION, open }, async ({ requestId }) => {
    await refuseMissing(shop, products, { requestId });
    const change = { action: { type: 'add-to-cart', lines: products } } as const;
    return changeUser(shop.store, email, change, { requestId });
  });
}

/** The whole body; undefined when it broke off. */
function bodyOf(incoming: Incoming): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    incoming.on('close', () => resolve(undefined));
  });
}

function additionIn(bytes: Buffer): ReturnType<typeof quickAddedLines> {
  if (!isUtf8(bytes)) return undefined;
  try {
    return quickAddedLines(JSON.parse(bytes.toString()));
  } catch {
    return undefined;
  }
}

interface Taken {
  readonly route: Route;
  readonly open: OpenRequest;
}

function begin(frame: RequestFrame, { path }: Route): OpenRequest {
  const open = frame.begin();
  open.notes.route = path;
  return open;
}

async function answer(
  { frame, logger }: DirectCallOptions,
  outgoing: Outgoing,
  { route: { method, path }, open }: Taken,
  call: (notes: RequestNotes) => Promise<UserAnswer>,
): Promise<void> {
  const { notes } = open;
  let status = 200;
  try {
    const { quorum, text } = await call(notes);
    send(outgoing, frame, status, text, { 'Content-Type': 'application/json', ...quorumHeaders(notes, quorum) });
  } catch (error) {
    const details = problemOf(error);
    if (details === UNEXPECTED) logger.error({ requestId: notes.requestId, path, err: error }, 'A request failed');
    status = details.status;
    const own = { 'Content-Type': PROBLEM_CONTENT_TYPE, [REQUEST_ID_HEADER]: notes.requestId };
    send(outgoing, frame, status, problemText(details), { ...details.headers, ...own });
  }
  frame.end(open, { method, path: () => path, status });
}

function problemOf(error: unknown): ProblemDetails {
  if (error instanceof StoreError) return storeProblem(error, {}).details;
  return error instanceof ProblemError ? error.details : UNEXPECTED;
}

function send(
  outgoing: Outgoing,
  frame: RequestFrame,
  status: number,
  body: string,
  headers: Record<string, string>,
): void {
  if (frame.endsConnections) headers['Connection'] = 'close';
  headers['Content-Length'] = String(Buffer.byteLength(body));
  outgoing.writeHead(status, headers).end(body);
}
