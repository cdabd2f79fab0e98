/*
 * What a node answers to the operations of repair (repair-protocol.ts), as the executor of batches sees it. Every
 * answer is bounded; nothing here calls another node.
 */
import {
  REPAIR_BATCH_MAX,
  STATUS_EVENTS_MAX,
  type Clock,
  type FetchProgress,
  type NodeResult,
  type RepairOperation,
  type RepairResult,
  type RepairRun,
} from '@trolley/cluster';
import { placeGroup, type ClusterMap } from '@trolley/crush';
import { isDeletedText } from '@trolley/records';
import type { Engine } from '../engine.ts';
import { sumOf } from '../storage/hash-tree.ts';
import { digestText, groupsOf } from './digest-text.ts';
import type { NodeEvents } from './node-events.ts';

/** Answers one operation. @throws what the engine throws. */
export type AnswerRepair = (operation: RepairOperation) => Promise<RepairResult | NodeError>;

type NodeError = Extract<NodeResult, { type: 'error' }>;

/** What answers are made from. */
export interface RepairAnswerOptions {
  readonly engine: Engine;
  readonly events: NodeEvents;
  readonly fetching: () => FetchProgress | undefined;
  /** Whether hints are remembered; off, what they stand for is left to anti-entropy. */
  readonly hints: boolean;
  /** The latest full comparison, a new one when it should begin; undefined before the first. */
  readonly repairRun: (begin: boolean) => RepairRun | undefined;
  readonly clock: Clock;
  /** When the node was in step with the other replicas, by the monotonic clock; undefined when it is not known to have been. */
  readonly inStepAsOfMs: () => number | undefined;
  /** The map in use; undefined until there is one by which this node counts its placement groups. */
  readonly map: () => ClusterMap | undefined;
}

type Operation<T extends RepairOperation['type']> = Extract<RepairOperation, { type: T }>;

/** The answers of one node. */
export function createRepairAnswers(options: RepairAnswerOptions): AnswerRepair {
  return async (operation) => {
    const { engine } = options;
    switch (operation.type) {
      case 'status':
        return answerStatus(options, operation);
      case 'hint':
        if (options.hints) await engine.addHints(operation.node, operation.keys);
        return { type: 'hint' };
      case 'digest-groups':
        return answerGroups(options, operation);
      case 'digest-children': {
        const children = engine.digestChildren(operation.group, operation.path);
        return { type: 'digest-children', children: children.map((child) => [digestText(child), child.count]) };
      }
      case 'digest-entries': {
        const { group, paths, after } = operation;
        const listed = await engine.entriesUnder(group, paths, after ?? undefined, REPAIR_BATCH_MAX);
        return { type: 'digest-entries', ...listed };
      }
      case 'drop':
        return answerDrop(options, operation);
      case 'tombstone-drops':
        return {
          type: 'tombstone-drops',
          drops: engine.tombstoneDrops,
          incompleteGroups: [...engine.incompleteGroups],
        };
      case 'highest-promises':
        return {
          type: 'highest-promises',
          counters: engine.highestPromises,
          votelessGroups: [...engine.votelessGroups],
        };
      case 'known-map':
        return { type: 'known-map', map: wantedMap(engine, operation.newerThan ?? 0) };
      case 'repair':
        return { type: 'repair', run: options.repairRun(operation.begin) ?? null };
      default:
        return operation satisfies never;
    }
  };
}

/** The map, unless the asker knows one as new and the reply's epoch, which is the remembered one, tells as much. */
function wantedMap({ rememberedMap, rememberedEpoch }: Engine, newerThan: number): ClusterMap | null {
  if (rememberedMap === undefined || rememberedMap.epoch <= Math.min(newerThan, rememberedEpoch)) return null;
  return rememberedMap;
}

function answerStatus(
  { engine, events, fetching, clock, inStepAsOfMs }: RepairAnswerOptions,
  { eventsAfter }: Operation<'status'>,
): RepairResult {
  const { records, bytes } = engine.statistics;
  return {
    type: 'status',
    records,
    bytes,
    hintsWaiting: engine.hints.nodes.map((node) => [node, engine.hints.count(node)] as const),
    incompleteGroups: [...engine.incompleteGroups].toSorted((a, b) => a - b),
    fetching: fetching() ?? null,
    clockMs: clock.monotonicMs(),
    inStepAsOfMs: inStepAsOfMs() ?? null,
    lastEvent: events.last,
    events: events.after(eventsAfter, STATUS_EVENTS_MAX),
  };
}

function answerGroups(
  { engine, map }: RepairAnswerOptions,
  { from, runs, digest }: Operation<'digest-groups'>,
): RepairResult | NodeError {
  const groups = groupsOf(runs, map()?.pgCount ?? 0);
  if (groups === undefined) {
    return { type: 'error', code: 'INVALID_OPERATION', message: 'this node does not know of so many placement groups' };
  }
  const digests = groups.map((pg) => engine.digest(pg));
  const areEqual = digestText(sumOf(digests)) === digest;
  return {
    type: 'digest-groups',
    digests: areEqual ? null : digests.map(digestText),
    hintsWaiting: engine.hints.count(from),
    incompleteGroups: groups.filter((pg) => engine.incompleteGroups.has(pg)),
  };
}

/**
 * Whoever asks has found the same on every replica; but this node may know a newer map, by which others must agree
 * too. Nothing is dropped while data moves: the nodes that fetch it may have fetched the record before it was deleted.
 */
async function answerDrop({ engine, map }: RepairAnswerOptions, { group, records, atMs }: Operation<'drop'>) {
  const current = map();
  const isOwner =
    current !== undefined && group < current.pgCount && placeGroup(current, group).includes(engine.nodeId);
  const mayDrop = isOwner && current.previousNodes === undefined && !engine.incompleteGroups.has(group);
  if (!mayDrop) return { type: 'drop', dropped: null } as const;
  await engine.noteTombstoneDrops([[group, atMs]]);
  const tombstones = records.filter(([, text]) => isDeletedText(text));
  return { type: 'drop', dropped: await engine.dropRecords(tombstones) } as const;
}
