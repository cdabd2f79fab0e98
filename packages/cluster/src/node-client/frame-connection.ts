/*
 * The calling end of one connection for frames: one batch and its answer at a time. Whatever goes wrong ends the
 * connection, so that no answer is ever taken for another batch's.
 */
import type { Clock, Timer } from '../environment.ts';
import { REPLY_FRAME_BYTES_MAX } from '../frames/frame-protocol.ts';
import { FrameSplitter } from '../frames/frame-splitter.ts';
import { decodeAnswer } from '../frames/reply-frames.ts';
import type { BatchReply } from '../node-protocol.ts';
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
  /** The answer is here: the connection can take the next batch. */
  onIdle(connection: FrameConnection): void;
  onClosed(connection: FrameConnection): void;
}

/** A connection to a node that is open. */
export class FrameConnection {
  readonly #socket: OpenedConnection['socket'];
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  readonly #splitter = new FrameSplitter(REPLY_FRAME_BYTES_MAX);
  #exchange: Exchange | undefined;
  #isOpen = true;

  constructor({ socket, head }: OpenedConnection, clock: Clock, events: ConnectionEvents) {
    this.#socket = socket;
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

  /** Sends a batch, given as its frame, and resolves to the answer. One at a time. @throws NodeCallError */
  exchange(frame: Buffer, operations: number, timeoutMs: number): Promise<BatchReply> {
    return new Promise((resolve, reject) => {
      if (!this.#isOpen) {
        reject(new NodeCallError('UNREACHABLE', 'the connection was closed as soon as it was open'));
        return;
      }
      const timer = this.#clock.after(timeoutMs, () => this.#end(timedOut(timeoutMs)));
      this.#exchange = { operations, resolve, reject, timer };
      this.#socket.write(frame);
    });
  }

  /** Ends it; what waits for an answer fails. */
  destroy(): void {
    this.#end(connectionLost('the connection was closed here'));
  }

  #received(piece: Buffer): void {
    if (!this.#isOpen) return;
    try {
      for (const payload of this.#splitter.push(piece)) this.#answered(payload);
    } catch {
      this.#end(notAReply());
    }
    // Whatever goes on after an answer would be taken for the beginning of the next one.
    if (this.#exchange === undefined && this.#splitter.isWithinFrame) this.#end(notAReply());
  }

  #answered(payload: Buffer): void {
    const exchange = this.#exchange;
    const answer = decodeAnswer(payload);
    if (exchange === undefined || (answer.type === 'reply' && answer.reply.results.length !== exchange.operations)) {
      this.#end(notAReply());
      return;
    }
    this.#exchange = undefined;
    exchange.timer.cancel();
    this.#events.onIdle(this);
    if (answer.type === 'reply') exchange.resolve(answer.reply);
    else exchange.reject(turnedAway(answer.why.status, answer.why.code, answer.why.detail));
  }

  #end(why: NodeCallError): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.destroy();
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.timer.cancel();
    exchange?.reject(why);
    this.#events.onClosed(this);
  }
}

function connectionLost(message: string): NodeCallError {
  return new NodeCallError('CONNECTION_LOST', message);
}
