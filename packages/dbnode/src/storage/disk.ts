/*
 * The disk port: the few file operations that the storage engine is made of, each with what is certain
 * after it. Nothing else in the engine touches files. Failures carry the operating system's `code`
 * (ENOENT, ENOSPC...); a failed flush is a SyncFailedError, because it is never safe to go on after one.
 */

/** A new file that is being written. */
export interface DiskFile {
  /** Adds bytes at the end. After a failure any part of them may be in the file. */
  append(bytes: Uint8Array): Promise<void>;
  /** Resolves when the contents would survive a loss of power. @throws SyncFailedError */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A new file in which each write is on disk once it resolves, without a flush of its own. */
export interface DurableFile {
  /**
   * Writes bytes where they belong, also over others. After a failure any part of them may be in the file.
   * @throws SyncFailedError when it cannot be told that nothing but the write failed.
   */
  write(bytes: Uint8Array, position: number): Promise<void>;
  close(): Promise<void>;
}

/** Files and folders by path. Nothing but `makeDirectory` and the syncs survives a loss of power for certain. */
export interface Disk {
  /** Makes a folder and those above it, durably; fine when it is there. */
  makeDirectory(path: string): Promise<void>;
  /** The names in a folder, in no order. */
  list(path: string): Promise<readonly string[]>;
  read(path: string): Promise<Buffer>;
  /** Makes an empty file, in the place of one that is there. */
  create(path: string): Promise<DiskFile>;
  /**
   * Makes a file of so many zeros, durably, in the place of one that is there: writes into it need no more room, and the
   * disk has nothing to note for them but their bytes. Its name is durable once the folder is synced.
   */
  createDurable(path: string, bytes: number): Promise<DurableFile>;
  /** Replaces what is at `to`. Durable once the folder is synced. */
  rename(from: string, to: string): Promise<void>;
  /** Fine when there is nothing to remove. */
  remove(path: string): Promise<void>;
  truncate(path: string, length: number): Promise<void>;
  /** Flushes a file's contents, or a folder's names, that are already there. @throws SyncFailedError */
  sync(path: string): Promise<void>;
}

/** A flush failed: what it should have written may be gone from the cache too, so trying again proves nothing. */
export class SyncFailedError extends Error {
  override readonly name = 'SyncFailedError';
  readonly code = 'SYNC_FAILED';
}

/** The operating system's code of a failure (`ENOSPC`), when it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** One line that says what went wrong, whatever was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
