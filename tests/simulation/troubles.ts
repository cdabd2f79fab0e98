/*
 * What goes wrong: one thing after another, drawn by chance.
 */
import { pick } from '../support/seeded-random.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

/** Something that goes wrong, or is set right again. */
export type Trouble = (cluster: SimulatedCluster) => void;

const CALM_MS = 500;
const HANG_MS = 3_000;
const RATE_MAX = 0.1;
const NODES_MAX = 6;
/** Troubles before the one disk is lost; with more than there is time for, none is. */
const WIPE_AFTER_MAX = 100;

const someNode = ({ random, nodes }: SimulatedCluster) => pick(random, nodes);
const someGateway = ({ random, gateways }: SimulatedCluster) => pick(random, gateways);

const killNode: Trouble = (cluster) => someNode(cluster).kill();
const startNode: Trouble = (cluster) => void someNode(cluster).start();
const hangNode: Trouble = (cluster) => someNode(cluster).hang(cluster.random() * HANG_MS);
const wipeNode: Trouble = (cluster) => someNode(cluster).wipe();
const cutFromGateway: Trouble = (cluster) => cluster.network.cut(someGateway(cluster).id, someNode(cluster).id);
const cutFromNode: Trouble = (cluster) => cluster.network.cut(someNode(cluster).id, someNode(cluster).id);
const connectGateway: Trouble = (cluster) => someGateway(cluster).registry.connect(cluster.random() < 0.5);
const connectNode: Trouble = (cluster) => someNode(cluster).connect(cluster.random() < 0.5);
const loseMessages: Trouble = ({ network, random }) => void (network.lossRate = random() * RATE_MAX);
const slowMessages: Trouble = ({ network, random }) => void (network.slowRate = random() * RATE_MAX);
const mendNetwork: Trouble = ({ network }) => network.mend();
const healAll: Trouble = (cluster) => void cluster.heal();
const addNode: Trouble = (cluster) => {
  if (cluster.nodes.length < NODES_MAX) void cluster.grow();
};

/** Everything at once. */
export const anyTrouble: readonly Trouble[] = [
  killNode,
  killNode,
  startNode,
  startNode,
  startNode,
  hangNode,
  cutFromGateway,
  cutFromNode,
  connectGateway,
  connectNode,
  loseMessages,
  slowMessages,
  mendNetwork,
  healAll,
  addNode,
];

/** The cluster grows while part of it does not hear of that, and forgets what it heard. */
export const unheardGrowth: readonly Trouble[] = [
  addNode,
  connectGateway,
  connectGateway,
  connectNode,
  connectNode,
  killNode,
  startNode,
  startNode,
  cutFromGateway,
  mendNetwork,
];

const pauseGateway: Trouble = (cluster) => someGateway(cluster).pause(cluster.random() * HANG_MS);
const restartGateway: Trouble = (cluster) => someGateway(cluster).restart();
const lateMessages: Trouble = ({ network, random }) => void (network.lateRate = random() * RATE_MAX);
const repeatMessages: Trouble = ({ network, random }) => void (network.duplicateRate = random() * RATE_MAX);
const drainNode: Trouble = (cluster) => {
  const { id } = someNode(cluster);
  void someGateway(cluster)
    .use(({ control }) => control.drain(id))
    .catch(() => {});
};
const undrainNode: Trouble = (cluster) => {
  const { id } = someNode(cluster);
  void someGateway(cluster)
    .use(({ control }) => control.undrain(id))
    .catch(() => {});
};
/** One disk at a time: what a majority holds is on one other at least, and the next is lost when all is back. */
const wipeWhenWhole: Trouble = (cluster) => {
  if (cluster.isWhole) someNode(cluster).wipe();
};

/** What claims must stand: all of the above, and whatever may befall gateways. */
export const claimTrouble: readonly Trouble[] = [
  ...anyTrouble,
  pauseGateway,
  pauseGateway,
  restartGateway,
  lateMessages,
  repeatMessages,
  drainNode,
  undrainNode,
  wipeWhenWhole,
  wipeWhenWhole,
  wipeWhenWhole,
];

/**
 * Makes trouble until it is over. With three replicas of everything, one node may lose its disk on the way: a second
 * could have the last copy of an acknowledged write.
 */
export async function makeTrouble(
  cluster: SimulatedCluster,
  { troubles, mayWipe, isOver }: { troubles: readonly Trouble[]; mayWipe: boolean; isOver: () => boolean },
): Promise<void> {
  let wipeAfter = mayWipe ? Math.floor(cluster.random() * WIPE_AFTER_MAX) : Infinity;
  for (; !isOver(); wipeAfter -= 1) {
    await cluster.time.sleep(cluster.random() * CALM_MS);
    const trouble = wipeAfter === 0 ? wipeNode : pick(cluster.random, troubles);
    trouble(cluster);
  }
}
