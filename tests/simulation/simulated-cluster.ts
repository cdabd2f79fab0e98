/*
 * A whole cluster in one process: gateways' stores, nodes, network and registry, on virtual time.
 */
import { place, placeGroup } from '@trolley/crush';
import { decodeRecord, emptyRecord, merge, type CausalRecord, type RecordText } from '@trolley/records';
import { digestText } from '../../packages/dbnode/src/repair/digest-text.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { SimulatedGateway } from './simulated-gateway.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import { SimulatedNode } from './simulated-node.ts';
import { SimulatedRegistry } from './simulated-registry.ts';
import type { Tampering } from './tampering.ts';
import { VirtualTime } from './virtual-time.ts';

const PG_COUNT = 8;
const CLAIM_TIMEOUT_MS = 10_000;
const PATIENCE_MS = 120_000;

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
  /** How long a change of a register may take. */
  readonly claimTimeoutMs?: number;
  readonly tampering?: Tampering;
}

/** The cluster; everything in it draws from one seed. */
export class SimulatedCluster {
  readonly time = new VirtualTime();
  readonly random: () => number;
  readonly network: SimulatedNetwork;
  readonly registry: SimulatedRegistry;
  readonly nodes: SimulatedNode[] = [];
  readonly gateways: readonly SimulatedGateway[];

  readonly #settings: Required<Pick<ClusterOptions, 'claimTimeoutMs' | 'tampering' | 'graceMs' | 'isTrusting'>>;

  constructor(options: ClusterOptions) {
    const { seed, nodes, gateways, downOutAfterMs = 600_000 } = options;
    const { claimTimeoutMs = CLAIM_TIMEOUT_MS, tampering = {}, graceMs = 86_400_000, isTrusting = false } = options;
    this.#settings = { claimTimeoutMs, tampering, graceMs, isTrusting };
    this.random = seededRandom(seed);
    this.network = new SimulatedNetwork(this.time, this.random);
    this.registry = new SimulatedRegistry(this.time, this.random);
    const world = { ...this.#world, expectedNodes: nodes, downOutAfterMs };
    this.gateways = Array.from({ length: gateways }, (_, index) => new SimulatedGateway(`gateway-${index}`, world));
  }

  gateway(index: number): SimulatedGateway {
    const gateway = this.gateways[index];
    if (gateway === undefined) throw new RangeError(`there is no gateway ${index}`);
    return gateway;
  }

  /** Adds a node and starts it: it joins the map. */
  async grow(): Promise<void> {
    const node = new SimulatedNode(`node-${this.nodes.length}`, this.nodes.length + 1, this.#world);
    this.nodes.push(node);
    await node.start();
  }

  /** Ends all that is wrong: whoever is dead starts again, and everyone reaches everyone. */
  async heal(): Promise<void> {
    this.network.mend();
    for (const gateway of this.gateways) {
      gateway.registry.connect(true);
      gateway.pause(0);
    }
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

  /** Whether no data moves, and every node, also one that is dead, has all that it should as far as it knows. */
  get isWhole(): boolean {
    const map = this.registry.contents.stored?.map;
    if (map === undefined || map.previousNodes !== undefined) return false;
    return this.nodes.every(({ id, lacking }) => ![...lacking].some((pg) => placeGroup(map, pg).includes(id)));
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

  /** The placement groups of which the owners hold different things, or cannot all be looked at. */
  groupsApart(): readonly number[] {
    const map = this.registry.contents.stored?.map;
    const groups = Array.from({ length: PG_COUNT }, (_, pg) => pg);
    if (map === undefined) return groups;
    return groups.filter((pg) => {
      const owners = this.nodes.filter(({ id }) => placeGroup(map, pg).includes(id));
      const digests = new Set(owners.map(({ process }) => process && digestText(process.engine.digest(pg))));
      return digests.size > 1 || digests.has(undefined);
    });
  }

  /** Whatever any node holds of the key. */
  async heldAnywhere(key: string): Promise<readonly { readonly node: string; readonly record: CausalRecord }[]> {
    return (await this.#heldBy(key, this.nodes)).map(decoded);
  }

  /** What each owner of the key holds. */
  async held(key: string): Promise<readonly { readonly node: string; readonly record: CausalRecord }[]> {
    return (await this.heldTexts(key)).map(decoded);
  }

  /** What each owner of the key holds, as it is stored. */
  async heldTexts(key: string): Promise<readonly { readonly node: string; readonly text: RecordText | undefined }[]> {
    const map = this.registry.contents.stored?.map;
    if (map === undefined) throw new Error('there is no map');
    const owners = this.nodes.filter(({ id }) => place(map, key).includes(id));
    return this.#heldBy(key, owners);
  }

  async #heldBy(key: string, nodes: readonly SimulatedNode[]) {
    return Promise.all(
      nodes.map(async ({ id, process }) => ({ node: id, text: (await process?.engine.readRecord(key))?.value })),
    );
  }

  get #world() {
    const { time, random, network, registry } = this;
    return { time, random, network, registry, pgCount: PG_COUNT, ...this.#settings };
  }
}

/** What the replicas hold, merged. */
export function mergeAll(records: readonly CausalRecord[]): CausalRecord {
  return records.reduce(merge, emptyRecord);
}

function decoded({ node, text }: { readonly node: string; readonly text: RecordText | undefined }) {
  return { node, record: text === undefined ? emptyRecord : decodeRecord(text) };
}
