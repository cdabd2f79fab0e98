/*
 * The answering end of one connection for frames: carries out batches as they come, and answers each as soon as it is
 * done, the answers of one turn of the event loop in one write. A caller that does not keep to the protocol loses the
 * connection, and the log says why; nobody else notices.
 */
import {
  BATCHES_IN_FLIGHT_MAX,
  BATCH_FRAME_BYTES_MAX,
  decodeBatch,
  encodeReply,
  encodeTurnedAway,
  FrameError,
  FrameSplitter,
  numbered,
  numberOf,
  ProblemError,
  TurnWriter,
  type Batch,
  type BatchReply,
  type Clock,
  type CorkableSocket,
  type Timer,
} from '@trolley/cluster';
import type { Logger } from 'pino';

/** What a connection is to a session. */
interface FrameSocket extends CorkableSocket {
  destroy(): unknown;
}

/** What a session works with. */
export interface FrameSessionOptions {
  readonly socket: FrameSocket;
  /** Carries a batch out. @throws ProblemError when it is turned away as a whole */
  readonly answer: (batch: Batch) => Promise<BatchReply>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

/** How long the rest of a frame may take that has begun, and how long a caller may take to read his answer. */
const FRAME_TIMEOUT_MS = 60_000;

/** A caller may have an answer, and send the next batch, before this process hears that the answer was taken. */
const UNTAKEN_MAX = 2 * BATCHES_IN_FLIGHT_MAX;

/** One connection of a caller. */
export class FrameSession {
  readonly #options: FrameSessionOptions;
  readonly #splitter = new FrameSplitter(BATCH_FRAME_BYTES_MAX);
  readonly #writer: TurnWriter;
  /** Batches that are being answered, or whose answers were not yet taken. */
  #untaken = 0;
  /** Those of them that have their answers. */
  #unread = 0;
  #isOver = false;
  #frameTimer: Timer | undefined;
  #answerTimer: Timer | undefined;

  constructor(options: FrameSessionOptions) {
    this.#options = options;
    this.#writer = new TurnWriter(options.socket);
  }

  /** Something has come on the connection. */
  received(piece: Buffer): void {
    if (this.#isOver) return;
    try {
      for (const payload of this.#splitter.push(piece)) this.#take(payload);
    } catch (error) {
      this.#end(error);
      return;
    }
    if (this.#splitter.isWithinFrame && !this.#isOver) this.#expectTheRest();
  }

  /** The connection is gone. */
  closed(): void {
    this.#isOver = true;
    this.#frameTimer?.cancel();
    this.#answerTimer?.cancel();
  }

  #take(payload: Buffer): void {
    this.#frameTimer?.cancel();
    this.#frameTimer = undefined;
    if (this.#untaken >= UNTAKEN_MAX) throw new FrameError(`${UNTAKEN_MAX} batches came before one was answered`);
    const number = numberOf(payload);
    this.#untaken += 1;
    void this.#answer(payload, number);
  }

  async #answer(payload: Buffer, number: number): Promise<void> {
    const { answer } = this.#options;
    let frame: Buffer;
    try {
      frame = encodeReply(await answer(decodeBatch(payload)));
    } catch (error) {
      if (error instanceof FrameError) {
        this.#end(error);
        return;
      }
      frame = this.#refusal(error);
    }
    if (this.#isOver) return;
    this.#unread += 1;
    if (!this.#writer.write(numbered(frame, number), () => this.#taken())) this.#expectReader();
  }

  #taken(): void {
    this.#untaken -= 1;
    this.#unread -= 1;
    if (this.#answerTimer === undefined) return;
    this.#answerTimer.cancel();
    this.#answerTimer = undefined;
    if (this.#unread > 0 && !this.#isOver) this.#expectReader();
  }

  /** For a caller who does not read only so much is done, and he may not hold on to his answers for ever. */
  #expectReader(): void {
    this.#answerTimer ??= this.#options.clock.after(FRAME_TIMEOUT_MS, () => {
      this.#end(new FrameError(`an answer was not read within ${FRAME_TIMEOUT_MS} ms`));
    });
  }

  #refusal(error: unknown): Buffer {
    if (error instanceof ProblemError) return encodeTurnedAway(error.details);
    this.#options.logger.error({ err: error }, 'a batch failed');
    return encodeTurnedAway({ status: 500, code: 'INTERNAL', detail: 'The log has the details.' });
  }

  #expectTheRest(): void {
    this.#frameTimer ??= this.#options.clock.after(FRAME_TIMEOUT_MS, () => {
      this.#end(new FrameError(`the rest of a frame did not come within ${FRAME_TIMEOUT_MS} ms`));
    });
  }

  #end(error: unknown): void {
    if (this.#isOver) return;
    this.closed();
    this.#options.logger.warn({ err: error }, 'a connection for frames was ended');
    this.#options.socket.destroy();
  }
}
