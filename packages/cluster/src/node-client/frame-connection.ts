/*
 * The calling end of one connection for frames: batches in flight, known by their numbers. A batch that is not answered in time
 * fails alone, but nothing more is sent on the connection then, and it ends with the last batch on it. Whatever else
 * goes wrong ends the connection, so that no answer is ever taken for another batch's.
 */
import type { Clock, Timer } from '../environment.ts';
import { encodeBatch } from '../frames/batch-frames.ts';
import { FRAME_NUMBER_MAX, numbered, numberOf } from '../frames/frame-number.ts';
import { FrameError, REPLY_FRAME_BYTES_MAX } from '../frames/frame-protocol.ts';
import { FrameSplitter } from '../frames/frame-splitter.ts';
import { decodeAnswer } from '../frames/reply-frames.ts';
import { TurnWriter } from '../frames/turn-writer.ts';
import type { Batch, BatchReply } from '../node-protocol.ts';
import { notAReply, timedOut, turnedAway } from './call-errors.ts';
import { NodeCallError } from './node-transport.ts';
import type { OpenedConnection } from './open-frame-connection.ts';

/** A batch that waits for its answer. */
interface Exchange {
  /** Results that the answer must have. */
  readonly operations: number;
  readonly resolve: (reply: BatchReply) => void;
  readonly reject: (error: NodeCallError) => void;
  readonly timer: Timer;
}

/** What a connection tells its owner. */
export interface ConnectionEvents {
  /** No further batch may be sent on it. */
  onRetired(connection: FrameConnection): void;
  onClosed(connection: FrameConnection): void;
}

/** A connection to a node that is open. */
export class FrameConnection {
  readonly #socket: OpenedConnection['socket'];
  readonly #writer: TurnWriter;
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  readonly #splitter = new FrameSplitter(REPLY_FRAME_BYTES_MAX);
  /** By number. */
  readonly #exchanges = new Map<number, Exchange>();
  /** Numbers of batches that were given up; as many as were in flight, since no more are sent after the first. */
  readonly #givenUp = new Set<number>();
  #lastNumber = 0;
  #isRetired = false;
  #isOpen = true;

  constructor({ socket, head }: OpenedConnection, clock: Clock, events: ConnectionEvents) {
    this.#socket = socket;
    this.#writer = new TurnWriter(socket);
    this.#clock = clock;
    this.#events = events;
    socket.on('data', (piece: Buffer) => this.#received(piece));
    socket.on('error', (error) => this.#end(connectionLost(error.message)));
    socket.on('end', () => this.#end(connectionLost('the node ended the connection')));
    socket.on('close', () => this.#end(connectionLost('the connection was closed')));
    if (head.length > 0) this.#received(head);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends a batch and resolves to the answer. Not after the connection was retired. @throws NodeCallError */
  exchange(batch: Batch, timeoutMs: number): Promise<BatchReply> {
    return new Promise((resolve, reject) => {
      if (!this.#isOpen) {
        reject(new NodeCallError('UNREACHABLE', 'the connection was closed as soon as it was open'));
        return;
      }
      const frame = frameOf(batch);
      const number = this.#nextNumber();
      const timer = this.#clock.after(timeoutMs, () => this.#giveUp(number, timeoutMs));
      this.#exchanges.set(number, { operations: batch.operations.length, resolve, reject, timer });
      this.#writer.write(numbered(frame, number));
    });
  }

  /** Ends it; what waits for an answer fails. */
  destroy(): void {
    this.#end(connectionLost('the connection was closed here'));
  }

  #nextNumber(): number {
    this.#lastNumber = this.#lastNumber === FRAME_NUMBER_MAX ? 1 : this.#lastNumber + 1;
    return this.#lastNumber;
  }

  #received(piece: Buffer): void {
    try {
      for (const payload of this.#splitter.push(piece)) {
        if (this.#isOpen) this.#answered(payload);
      }
    } catch {
      this.#end(notAReply());
    }
    // Whatever goes on after an answer would be taken for the beginning of the next one.
    const isAwaited = this.#exchanges.size > 0 || this.#givenUp.size > 0;
    if (!isAwaited && this.#splitter.isWithinFrame) this.#end(notAReply());
  }

  #answered(payload: Buffer): void {
    const number = numberOf(payload);
    const exchange = this.#exchanges.get(number);
    if (exchange === undefined && this.#givenUp.delete(number)) return;
    const answer = decodeAnswer(payload);
    if (exchange === undefined || (answer.type === 'reply' && answer.reply.results.length !== exchange.operations)) {
      this.#end(notAReply());
      return;
    }
    this.#exchanges.delete(number);
    exchange.timer.cancel();
    if (answer.type === 'reply') exchange.resolve(answer.reply);
    else exchange.reject(turnedAway(answer.why.status, answer.why.code, answer.why.detail));
    this.#endWithLast();
  }

  #giveUp(number: number, timeoutMs: number): void {
    const exchange = this.#exchanges.get(number);
    if (exchange === undefined) return;
    this.#exchanges.delete(number);
    this.#givenUp.add(number);
    this.#isRetired = true;
    this.#events.onRetired(this);
    exchange.reject(timedOut(timeoutMs));
    this.#endWithLast();
  }

  #endWithLast(): void {
    if (this.#isRetired && this.#exchanges.size === 0) this.destroy();
  }

  #end(why: NodeCallError): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.destroy();
    const exchanges = [...this.#exchanges.values()];
    this.#exchanges.clear();
    this.#events.onClosed(this);
    for (const { timer, reject } of exchanges) {
      timer.cancel();
      reject(why);
    }
  }
}

/** Nothing was sent of a batch that is too long. */
function frameOf(batch: Batch): Buffer {
  try {
    return encodeBatch(batch);
  } catch (error) {
    if (error instanceof FrameError) throw new NodeCallError('TURNED_AWAY', error.message);
    throw error;
  }
}

function connectionLost(message: string): NodeCallError {
  return new NodeCallError('CONNECTION_LOST', message);
}
