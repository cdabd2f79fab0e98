/*
 * Opens the storage engine: locks the data directory, recovers what is in it, and puts the parts together.
 */
import type { Engine } from '../engine.ts';
import { Checkpointer } from './checkpoint.ts';
import { CommitGroup } from './commit-group.ts';
import { CheckpointSchedule } from './checkpoint-schedule.ts';
import { socketLock, type DirectoryLock } from './data-directory-lock.ts';
import { dataLayout } from './data-layout.ts';
import { errorCode, errorMessage, SyncFailedError } from './disk.ts';
import { DEFAULT_ENGINE_SETTINGS, type EngineOptions } from './engine-options.ts';
import { DraftActor } from './draft-actor.ts';
import { Drafts } from './drafts.ts';
import { EngineState } from './engine-state.ts';
import { DataDirectoryUnusableError } from './errors.ts';
import { nextTurn } from './event-loop.ts';
import { GroupCommit } from './group-commit.ts';
import { NODE_ID_PATTERN } from './identity.ts';
import { Journal } from './journal.ts';
import { recover, type Recovered, type RecoveryOptions } from './recover.ts';
import { StorageEngine } from './storage-engine.ts';
import { Upkeep } from './upkeep.ts';

/** Records in one write when all of them are journalled anew. */
const REFILE_GROUP_RECORDS = 1000;

function completeOptions(options: EngineOptions): RecoveryOptions {
  const { nodeId, pgCount } = options;
  if (nodeId !== undefined && !NODE_ID_PATTERN.test(nodeId)) {
    throw new RangeError(
      `a node id has lower-case letters, digits and dashes, at most 63, not ${JSON.stringify(nodeId)}`,
    );
  }
  if (!Number.isSafeInteger(pgCount) || pgCount < 1) {
    throw new RangeError(`the number of placement groups must be a positive integer, not ${pgCount}`);
  }
  return { ...DEFAULT_ENGINE_SETTINGS, ...options, nextTurn: options.nextTurn ?? nextTurn };
}

function isSystemError(error: unknown): boolean {
  return /^E[A-Z0-9]+$/.test(errorCode(error) ?? '');
}

/**
 * Opens the engine of a data directory, which is made when there is none.
 *
 * A full disk does not keep it from opening, as long as nothing was lost: it opens read-only then.
 * @throws DataDirectoryLockedError, NodeIdMismatchError, UnsupportedFormatError, DataDirectoryUnusableError, or
 * RangeError for a malformed option.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const complete = completeOptions(options);
  const { dataDir, disk, clock, random } = complete;
  const lockDirectory = complete.lock ?? socketLock(clock, random);
  let lock: DirectoryLock | undefined;
  try {
    await disk.makeDirectory(dataDir);
    lock = await lockDirectory(dataDir);
    return await assemble(complete, lock);
  } catch (error) {
    await lock?.release();
    if (!isSystemError(error) && !(error instanceof SyncFailedError)) throw error;
    throw new DataDirectoryUnusableError(`cannot use the data directory ${dataDir}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

async function assemble(options: RecoveryOptions, lock: DirectoryLock): Promise<Engine> {
  const { disk, clock, logger } = options;
  const layout = dataLayout(options.dataDir);
  const recovered = await recover(options, layout);
  const { identities, table } = recovered;
  const state = new EngineState((error) => {
    commit.stop(error);
    logger.error({ err: error }, 'the storage engine has failed for good');
    options.onFatal?.(error);
  });
  const onFailed = (error: Error): void => state.fail(error);
  const draftActor = new DraftActor(identities, options.random);
  const drafts = new Drafts({ clock, onLetGo: (key) => draftActor.replaceFor(key) });
  const journal = new Journal({
    disk,
    folder: layout.journal,
    spareSegment: layout.spareSegment,
    preallocatedBytes: options.journalPreallocation ? options.journalSegmentBytes : 0,
    nodeId: identities.identity.nodeId,
    segments: recovered.segments,
    recordSegment: async (journalSegment) => {
      await identities.update((identity) => ({ ...identity, journalSegment }));
    },
  });
  const commit = new GroupCommit({
    ...options,
    journal,
    table,
    onCommitted: () => checkpoints.onCommitted(),
    onTakenBack: () => {
      draftActor.replace();
      drafts.takenBack();
    },
    onFailed,
  });
  const checkpointer = new Checkpointer({
    ...options,
    ...recovered,
    layout,
    journal,
    commit,
    nodeId: identities.identity.nodeId,
  });
  const checkpoints = new CheckpointSchedule({
    ...options,
    checkpointer,
    journal,
    dataCharacters: () => table.characters,
    onFailed,
  });
  const upkeep = new Upkeep({ ...options, ...recovered, layout, identities, draftActor, table, commit, state });
  const engine = new StorageEngine({
    ...recovered,
    recovery: recovered.report,
    draftActor,
    drafts,
    journal,
    commit,
    checkpoints,
    lock,
    clock,
    logger,
    state,
    upkeep,
    nextTurn: options.nextTurn,
  });
  await begin(options, recovered, journal, commit, checkpoints);
  logRecovery(options, engine);
  return engine;
}

/** Opens the journal for writing; settles what recovery found before anyone is served. */
async function begin(
  options: RecoveryOptions,
  recovered: Recovered,
  journal: Journal,
  commit: GroupCommit,
  checkpoints: CheckpointSchedule,
): Promise<void> {
  try {
    await journal.startSegment();
  } catch (error) {
    if (error instanceof SyncFailedError || recovered.mustRefile) throw error;
    commit.becomeReadOnly(error);
    return;
  }
  if (recovered.mustRefile) await refile(recovered, journal);
  if (recovered.mustRefile || recovered.needsCheckpoint) {
    await checkpoints.run().catch((error: unknown) => {
      if (error instanceof SyncFailedError) throw error;
      options.logger.warn({ err: error }, 'the checkpoint at start-up failed; the journal keeps everything');
    });
  }
}

/**
 * Prepares for files of another number of placement groups. They replace the old ones one by one, and a
 * crash in between would lose what has left one file and is not yet in another: so all goes into the journal first.
 */
async function refile({ table }: Recovered, journal: Journal): Promise<void> {
  let group = new CommitGroup();
  for (const [key, text] of table.allDurableRecords()) {
    group.add(key, text);
    if (group.writes < REFILE_GROUP_RECORDS) continue;
    await journal.append(group);
    group = new CommitGroup();
  }
  if (group.writes > 0) await journal.append(group);
  for (let pg = 0; pg < table.pgCount; pg++) table.markDirty(pg);
}

function logRecovery({ logger, dataDir }: RecoveryOptions, { nodeId, actor, recovery }: Engine): void {
  const summary = { dataDir, nodeId, actor, ...recovery, incompleteGroups: recovery.incompleteGroups.length };
  if (recovery.setAside.length > 0 || recovery.incompleteGroups.length > 0) {
    logger.warn(summary, 'opened; part of what was stored is damaged or missing');
  } else {
    logger.info(summary, 'opened');
  }
}
