/*
 * Writes frames to a socket, those of one turn of the event loop at once: a write costs what waking the other end
 * costs, however much it carries.
 */

/** What this needs of a socket. */
export interface CorkableSocket {
  cork(): void;
  uncork(): void;
  write(frame: Buffer, onTaken?: () => void): boolean;
}

/** The sending end of one connection. */
export class TurnWriter {
  readonly #socket: CorkableSocket;
  #isCorked = false;

  constructor(socket: CorkableSocket) {
    this.#socket = socket;
  }

  /**
   * Returns false when much waits to be taken over already.
   *
   * @param onTaken is called once the system has taken the frame over, or never will
   */
  write(frame: Buffer, onTaken?: () => void): boolean {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      // Comes after all promises that are settled by now were followed up.
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    return this.#socket.write(frame, onTaken);
  }
}
