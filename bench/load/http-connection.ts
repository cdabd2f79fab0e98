/*
 * A connection that sends one prepared HTTP request at a time and reads of each answer its status and its end: as cheap
 * as a load can be that shares a machine with what it measures. Knows answers with a content-length, and no others.
 */
import { connect, type Socket } from 'node:net';
import type { LoadRequest } from '../workload.ts';
import { AnswerReader } from './answer-reader.ts';

/** A request as it goes over the wire. */
export function requestBytes({ method, path, body }: LoadRequest, host: string): Buffer {
  const head = [`${method} ${path} HTTP/1.1`, `Host: ${host}`];
  if (body !== undefined) head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

/** One connection, kept open. */
export class HttpConnection {
  /** Resolves once it can send. */
  readonly opened: Promise<void>;
  readonly #socket: Socket;
  readonly #reader = new AnswerReader();
  #onAnswer: ((status: number) => void) | undefined;

  /** @param onFailure told when the connection breaks; it is of no use then */
  constructor({ hostname, port }: URL, onFailure: () => void) {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.opened = new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('error', reject);
    });
    this.#socket.on('data', (bytes) => this.#read(bytes, onFailure));
    this.#socket.once('close', onFailure);
  }

  /** Sends a request; there must be none on its way. */
  send(request: Buffer, onAnswer: (status: number) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(request);
  }

  #read(bytes: Buffer, onFailure: () => void): void {
    const status = this.#reader.read(bytes);
    if (status === undefined) return;
    const onAnswer = this.#onAnswer;
    this.#onAnswer = undefined;
    if (onAnswer === undefined) onFailure();
    else onAnswer(status);
  }
}
