/*
 * Keeps node.json in step with what is known: one change at a time, durable before it counts.
 */
import type { Disk } from './disk.ts';
import { identityFile, type Identity } from './identity.ts';
import { writeSealedFile } from './sealed-file.ts';

/** The identity of an open data directory. */
export class IdentityStore {
  readonly #disk: Disk;
  readonly #path: string;
  #identity: Identity;
  #lastUpdate: Promise<void> = Promise.resolve();

  constructor(disk: Disk, path: string, identity: Identity) {
    this.#disk = disk;
    this.#path = path;
    this.#identity = identity;
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** Resolves when the change is on disk. @throws whatever the disk throws; nothing has changed then. */
  async update(change: (identity: Identity) => Identity): Promise<void> {
    const update = this.#updateAfter(this.#lastUpdate, change);
    // The next in line goes on whether this one worked or not.
    this.#lastUpdate = update.catch(() => undefined);
    await update;
  }

  async #updateAfter(last: Promise<void>, change: (identity: Identity) => Identity): Promise<void> {
    await last;
    const next = change(this.#identity);
    await writeSealedFile(this.#disk, this.#path, identityFile(next));
    this.#identity = next;
  }
}
