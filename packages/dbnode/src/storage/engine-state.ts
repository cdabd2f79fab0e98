/*
 * Whether an engine still serves: open, closed, or failed for good. Failing is final, and said once.
 */
import { errorMessage } from './disk.ts';
import { EngineClosedError, EngineFailedError } from './errors.ts';

/** The life of one engine. */
export class EngineState {
  readonly #onFailed: (error: EngineFailedError) => void;
  #ended: EngineClosedError | EngineFailedError | undefined;

  constructor(onFailed: (error: EngineFailedError) => void) {
    this.#onFailed = onFailed;
  }

  get isFailed(): boolean {
    return this.#ended instanceof EngineFailedError;
  }

  /** @throws EngineClosedError or EngineFailedError when the engine no longer serves. */
  assertOpen(): void {
    if (this.#ended !== undefined) throw this.#ended;
  }

  /** Nothing can be said of the disk any more. */
  fail(cause: Error): void {
    if (this.isFailed) return;
    const error = new EngineFailedError(`the storage engine has failed: ${errorMessage(cause)}`, { cause });
    this.#ended = error;
    this.#onFailed(error);
  }

  /** Serves no more calls. */
  close(): void {
    this.#ended ??= new EngineClosedError('the storage engine is closed');
  }
}
