/*
 * What the parts of the registers share.
 */
import type { Clock, Random } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { GatewayMetrics } from '../../metrics.ts';
import type { ReplicaGroup } from './replica.ts';

/** What registers work with. */
export interface RegisterContext {
  /** Names this incarnation of this gateway; nobody else ever has the name. */
  readonly proposer: string;
  /** @throws StoreError NO_CLUSTER_MAP */
  readonly replicasOf: (key: string) => ReplicaGroup;
  /** The epoch of the map in use. */
  readonly epoch: () => number;
  /** Told of a node that missed a write which the holders have. */
  readonly missed: (node: string, key: string, holders: readonly string[]) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Pick<GatewayMetrics, 'registerRound' | 'registerCommit' | 'registerOutcomeUnknown'>;
  /** How long a change may take, waiting included. */
  readonly claimTimeoutMs: number;
}
