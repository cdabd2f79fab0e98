/*
 * What a client of a node works with, and how it speaks of what it counts.
 */
import type { Clock } from '../environment.ts';
import type { NodeAddress, NodeTransport } from './node-transport.ts';

/** The two lanes of a node. */
export type Lane = 'read' | 'write';

/** How a batch ended. */
export type BatchOutcome = 'answered' | 'timeout' | 'failed';

/** What a client of a node counts. */
interface NodeClientMetrics {
  batchSent(nodeId: string, lane: Lane, operations: number): void;
  batchEnded(nodeId: string, lane: Lane, outcome: BatchOutcome, seconds: number): void;
}

/** What a client of one node works with. */
export interface NodeClientOptions {
  readonly nodeId: string;
  readonly address: NodeAddress;
  readonly transport: NodeTransport;
  readonly clock: Clock;
  /** How long one operation may take. */
  readonly timeoutMs: number;
  /** The epoch of the map in use, sent along with each batch. */
  readonly epoch: () => number;
  readonly metrics: NodeClientMetrics;
  /**
   * Whether records that are offered, or to be dropped, must arrive under the map of the moment of the call, and
   * otherwise fail: what is known of the owners by one map may not hold by the next.
   */
  readonly isBoundToMap?: boolean;
}
