/*
 * The answering end of one connection for frames: takes a batch, answers it, takes the next. A caller that does not
 * keep to the protocol loses the connection, and the log says why; nobody else notices.
 */
import {
  BATCH_FRAME_BYTES_MAX,
  decodeBatch,
  encodeReply,
  encodeTurnedAway,
  FrameError,
  FrameSplitter,
  ProblemError,
  type Batch,
  type BatchReply,
  type Clock,
  type Timer,
} from '@trolley/cluster';
import type { Logger } from 'pino';

/** What a connection is to a session. */
interface FrameSocket {
  write(frame: Buffer): boolean;
  destroy(): unknown;
  once(event: 'drain', listener: () => void): unknown;
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

/** One connection of a caller. */
export class FrameSession {
  readonly #options: FrameSessionOptions;
  readonly #splitter = new FrameSplitter(BATCH_FRAME_BYTES_MAX);
  /** A batch is being answered, or its answer is not yet taken. */
  #isBusy = false;
  #isOver = false;
  #frameTimer: Timer | undefined;
  #answerTimer: Timer | undefined;

  constructor(options: FrameSessionOptions) {
    this.#options = options;
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
    if (this.#isBusy) throw new FrameError('a batch came before the last one was answered');
    this.#isBusy = true;
    void this.#answer(payload);
  }

  async #answer(payload: Buffer): Promise<void> {
    const { socket, answer } = this.#options;
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
    if (socket.write(frame)) this.#isBusy = false;
    else this.#awaitReader();
  }

  /** A caller who does not read may ask for nothing more until he does, and not hold on to his answer for ever. */
  #awaitReader(): void {
    const { socket, clock } = this.#options;
    this.#answerTimer = clock.after(FRAME_TIMEOUT_MS, () => {
      this.#end(new FrameError(`an answer was not read within ${FRAME_TIMEOUT_MS} ms`));
    });
    socket.once('drain', () => {
      this.#answerTimer?.cancel();
      this.#isBusy = false;
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
