/*
 * What the parts of the store share: the peers, the map in use, and where to tell what happened.
 */
import type { Clock } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import type { EventFeed } from '../events.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { Handover } from './handover.ts';
import type { HintSender } from './hint-sender.ts';
import type { MissedWrites } from './missed-writes.ts';
import type { Peers } from './peers.ts';
import type { WatchedNodes } from './watched-nodes.ts';

/** Handed to every part of the store. */
export interface StoreContext {
  readonly peers: Peers;
  readonly watched: WatchedNodes;
  readonly hints: HintSender;
  readonly missedWrites: MissedWrites;
  readonly handover: Handover;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: GatewayMetrics;
  readonly events: EventFeed;
  /** The newest cluster map; undefined until there is one. */
  readonly map: () => ClusterMap | undefined;
}
