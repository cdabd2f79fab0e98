/*
 * What goes wrong: one thing after another, drawn by chance.
 */
import { pick } from '../support/seeded-random.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

const CALM_MS = 500;
const HANG_MS = 3_000;

/** What troubles a cluster may have. */
export interface TroublesOptions {
  readonly cluster: SimulatedCluster;
  readonly nodesMax: number;
  readonly isOver: () => boolean;
}

/** Makes trouble until it is over. */
export async function makeTrouble({ cluster, nodesMax, isOver }: TroublesOptions): Promise<void> {
  const { random, network, gateways } = cluster;
  let mayWipe = true;
  const node = () => pick(random, cluster.nodes);
  const gateway = () => pick(random, gateways);
  const troubles: readonly (() => void)[] = [
    () => node().kill(),
    () => node().kill(),
    () => void node().start(),
    () => void node().start(),
    () => void node().start(),
    () => node().hang(random() * HANG_MS),
    () => network.cut(gateway().id, node().id),
    () => network.cut(node().id, node().id),
    () => gateway().registry.connect(random() < 0.5),
    () => node().connect(random() < 0.5),
    () => void (network.lossRate = random() * 0.1),
    () => void (network.slowRate = random() * 0.1),
    () => network.mend(),
    () => void cluster.heal(),
    () => {
      // Twice would be more than two of three replicas can stand, as long as the first is not made good again.
      if (mayWipe && random() < 0.3) node().wipe();
      else return;
      mayWipe = false;
    },
    () => {
      if (cluster.nodes.length < nodesMax) void cluster.grow();
    },
  ];
  while (!isOver()) {
    await cluster.time.sleep(random() * CALM_MS);
    pick(random, troubles)();
  }
}
