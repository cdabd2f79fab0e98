/*
 * A whole cluster in one process: gateways' stores, nodes, network and registry, on virtual time.
 */
import { place, placeGroup } from '@trolley/crush';
import { decodeRecord, emptyRecord, merge, type CausalRecord } from '@trolley/records';
import { pino } from 'pino';
import type { ClusterControl } from '../../packages/gateway/src/cluster-control.ts';
import { createEventFeed } from '../../packages/gateway/src/events.ts';
import { createGatewayMetrics } from '../../packages/gateway/src/metrics.ts';
import type { Store } from '../../packages/gateway/src/store.ts';
import { createStore } from '../../packages/gateway/src/store/create-store.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import { SimulatedNode } from './simulated-node.ts';
import { SimulatedRegistry, type RegistryClient } from './simulated-registry.ts';
import { VirtualTime } from './virtual-time.ts';

const PG_COUNT = 8;
const REPLICAS = 3;
const NODE_TIMEOUT_MS = 300;
const CLAIM_TIMEOUT_MS = 10_000;
const WATCH_MS = 2_000;
const PATIENCE_MS = 120_000;

/** A gateway's store, and its link to the registry. */
export interface SimulatedGateway {
  readonly id: string;
  readonly store: Store;
  readonly control: ClusterControl;
  readonly registry: RegistryClient;
}

/** What a cluster starts with. */
export interface ClusterOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly gateways: number;
  /** After so long a node that is down goes out; by default longer than any is. */
  readonly downOutAfterMs?: number;
  /** For so long every replica has had a deletion before it is forgotten; by default longer than a run takes. */
  readonly graceMs?: number;
  /** See World. */
  readonly isTrusting?: boolean;
}

/** The cluster; everything in it draws from one seed. */
export class SimulatedCluster {
  readonly time = new VirtualTime();
  readonly random: () => number;
  readonly network: SimulatedNetwork;
  readonly registry: SimulatedRegistry;
  readonly nodes: SimulatedNode[] = [];
  readonly gateways: readonly SimulatedGateway[];

  readonly #downOutAfterMs: number;
  readonly #graceMs: number;

  readonly #isTrusting: boolean;

  constructor(options: ClusterOptions) {
    const { seed, nodes, gateways, downOutAfterMs = 600_000, graceMs = 86_400_000, isTrusting = false } = options;
    this.#downOutAfterMs = downOutAfterMs;
    this.#graceMs = graceMs;
    this.#isTrusting = isTrusting;
    this.random = seededRandom(seed);
    this.network = new SimulatedNetwork(this.time, this.random);
    this.registry = new SimulatedRegistry(this.time, this.random);
    this.gateways = Array.from({ length: gateways }, (_, index) => this.#openGateway(`gateway-${index}`, nodes));
  }

  gateway(index: number): SimulatedGateway {
    const gateway = this.gateways[index];
    if (gateway === undefined) throw new RangeError(`there is no gateway ${index}`);
    return gateway;
  }

  /** Adds a node and starts it: it joins the map. */
  async grow(): Promise<void> {
    const { time, random, network, registry } = this;
    const nature = { graceMs: this.#graceMs, isTrusting: this.#isTrusting };
    const world = { time, random, network, registry, pgCount: PG_COUNT, ...nature };
    const node = new SimulatedNode(`node-${this.nodes.length}`, this.nodes.length + 1, world);
    this.nodes.push(node);
    await node.start();
  }

  /** Ends all that is wrong: whoever is dead starts again, and everyone reaches everyone. */
  async heal(): Promise<void> {
    this.network.mend();
    for (const { registry } of this.gateways) registry.connect(true);
    for (const node of this.nodes) {
      node.connect(true);
      node.hang(0);
      await node.start();
    }
  }

  /** Resolves once all nodes are in the map, nothing moves any more, and nobody lacks anything. @throws Error */
  async settle(): Promise<void> {
    await this.until('nothing moves any more', () => {
      const map = this.registry.contents.stored?.map;
      return (
        map !== undefined &&
        map.previousNodes === undefined &&
        map.nodes.length === this.nodes.length &&
        this.registry.contents.nodes.length === this.nodes.length &&
        this.gateways.every(
          ({ registry: { view } }) => view.stored?.map === map && view.nodes.length === this.nodes.length,
        ) &&
        this.nodes.every(({ process }) => process?.synchronizer.syncedEpoch === map.epoch)
      );
    });
  }

  /** Waits for a condition. @throws Error when it does not come true for very long */
  async until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
    const deadlineMs = this.time.monotonicMs() + PATIENCE_MS;
    while (!(await isTrue())) {
      if (this.time.monotonicMs() > deadlineMs) throw new Error(`it never came true that ${what}`);
      await this.time.sleep(50);
    }
  }

  /** The nodes that hold a record of a group which is not theirs, once nothing moves. */
  strayHolders(): readonly string[] {
    const map = this.registry.contents.stored?.map;
    if (map === undefined || map.previousNodes !== undefined) return this.nodes.map(({ id }) => id);
    const groups = Array.from({ length: PG_COUNT }, (_, pg) => pg);
    const holdsStray = ({ id, process }: SimulatedNode) =>
      groups.some((pg) => !placeGroup(map, pg).includes(id) && process?.engine.digest(pg).count !== 0);
    return this.nodes.filter(holdsStray).map(({ id }) => id);
  }

  /** Whatever any node holds of the key. */
  async heldAnywhere(key: string): Promise<readonly { readonly node: string; readonly record: CausalRecord }[]> {
    return this.#heldBy(key, this.nodes);
  }

  /** What each owner of the key holds. */
  async held(key: string): Promise<readonly { readonly node: string; readonly record: CausalRecord }[]> {
    const map = this.registry.contents.stored?.map;
    if (map === undefined) throw new Error('there is no map');
    const owners = this.nodes.filter(({ id }) => place(map, key).includes(id));
    return this.#heldBy(key, owners);
  }

  async #heldBy(key: string, nodes: readonly SimulatedNode[]) {
    return Promise.all(
      nodes.map(async ({ id, process }) => {
        const text = (await process?.engine.readRecord(key))?.value;
        return { node: id, record: text === undefined ? emptyRecord : decodeRecord(text) };
      }),
    );
  }

  #openGateway(id: string, expectedNodes: number): SimulatedGateway {
    const registry = this.registry.open();
    registry.connect(true);
    const { store, control } = createStore({
      registry,
      transport: this.network.transportOf(id),
      clock: this.time,
      random: this.random,
      logger: pino({ enabled: false }),
      metrics: createGatewayMetrics(),
      events: createEventFeed({ clock: this.time }),
      settings: {
        replicas: REPLICAS,
        pgCount: PG_COUNT,
        expectedNodes,
        mapSettleMs: 10_000,
        downOutAfterMs: this.#downOutAfterMs,
        downOutMinInPercent: 75,
        nodeTimeoutMs: NODE_TIMEOUT_MS,
        claimTimeoutMs: CLAIM_TIMEOUT_MS,
        gatewayId: id,
        readRepairWatchMs: WATCH_MS,
      },
    });
    return { id, store, control, registry };
  }
}

/** What the replicas hold, merged. */
export function mergeAll(records: readonly CausalRecord[]): CausalRecord {
  return records.reduce(merge, emptyRecord);
}
