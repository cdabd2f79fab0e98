/*
 * Why the engine does not open, or no longer serves. Each has a stable code; ReadOnlyError, which passes,
 * stands with the engine port.
 */

/** Another process has the data directory. */
export class DataDirectoryLockedError extends Error {
  override readonly name = 'DataDirectoryLockedError';
  readonly code = 'DATA_DIRECTORY_LOCKED';
  /** The process that has it, when it said so. */
  readonly holderPid: number | undefined;

  constructor(dataDir: string, holderPid: number | undefined) {
    const holder = holderPid === undefined ? 'another process' : `process ${holderPid}`;
    super(`the data directory ${dataDir} is in use by ${holder}`);
    this.holderPid = holderPid;
  }
}

/** A file was written whole by a version of this program that this one does not understand. */
export class UnsupportedFormatError extends Error {
  override readonly name = 'UnsupportedFormatError';
  readonly code = 'UNSUPPORTED_FORMAT';
}

/** The data directory belongs to another node than the one asked for. */
export class NodeIdMismatchError extends Error {
  override readonly name = 'NodeIdMismatchError';
  readonly code = 'NODE_ID_MISMATCH';
}

/** The data directory cannot be used: not writable, no room, not a folder. */
export class DataDirectoryUnusableError extends Error {
  override readonly name = 'DataDirectoryUnusableError';
  readonly code = 'DATA_DIRECTORY_UNUSABLE';
}

/** The engine stopped for good after a failure that it cannot judge; the process should end. */
export class EngineFailedError extends Error {
  override readonly name = 'EngineFailedError';
  readonly code = 'ENGINE_FAILED';
}

/** A write failed and could not be cut off again: a restart may find it whole, so nobody may count on that it was not done. */
export class WriteFailedError extends Error {
  override readonly name = 'WriteFailedError';
  readonly code = 'WRITE_FAILED';

  constructor(cause: Error) {
    super(`${cause.message}; what was being written may be there after a restart`, { cause });
  }
}

/** The engine was closed. */
export class EngineClosedError extends Error {
  override readonly name = 'EngineClosedError';
  readonly code = 'ENGINE_CLOSED';
}

/** A key too long to be stored. */
export class InvalidKeyError extends Error {
  override readonly name = 'InvalidKeyError';
  readonly code = 'INVALID_KEY';
}
