/*
 * What goes wrong: one thing after another, drawn by chance.
 */
import type { ClusterControl } from '../../packages/gateway/src/cluster-control.ts';
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

/** What trouble to make. */
export interface TroubleOptions {
  readonly troubles: readonly Trouble[];
  readonly mayWipe: boolean;
  /** At most so long between two troubles. */
  readonly calmMs?: number | undefined;
  readonly isOver: () => boolean;
}

/** Nodes away for less or more than the time after which they go out, and that after which deletions are forgotten. */
const AWAY_MS = 25_000;
const AWAY_NODES_MAX = 1;
const WEIGHTS = [0.5, 1, 2];
/** Changes of the map that are lost at once, at most. */
const SET_BACK_MAX = 4;
/** So long it takes at most until nodes that came are in the map. */
const JOIN_MS = 400;

/** Whether one more node may be away: others would go out, and there must be somewhere to copy their data to. */
function mayLeave({ nodes, registry }: SimulatedCluster): boolean {
  return nodes.length - registry.contents.nodes.length < AWAY_NODES_MAX;
}

const stayAway: Trouble = (cluster) => {
  const node = someNode(cluster);
  if (!mayLeave(cluster)) return;
  node.kill();
  cluster.time.after(cluster.random() * AWAY_MS, () => void node.start());
};
/** It runs all the while; only the registry, and so everyone, takes it for gone. */
const stayCutOff: Trouble = (cluster) => {
  const node = someNode(cluster);
  if (!mayLeave(cluster)) return;
  node.connect(false);
  cluster.time.after(cluster.random() * AWAY_MS, () => node.connect(true));
};
const restart: Trouble = (cluster) => {
  const node = someNode(cluster);
  node.kill();
  void node.start();
};
/** Has some gateway do something to the map; what it cannot do, it leaves. */
function operate(cluster: SimulatedCluster, work: (control: ClusterControl) => Promise<unknown>): void {
  someGateway(cluster)
    .use(({ control }) => work(control))
    .catch(() => {});
}

const drain: Trouble = (cluster) => operate(cluster, (control) => control.drain(someNode(cluster).id));
const undrain: Trouble = (cluster) => operate(cluster, (control) => control.undrain(someNode(cluster).id));
const reweigh: Trouble = (cluster) =>
  operate(cluster, (control) => control.weigh(someNode(cluster).id, pick(cluster.random, WEIGHTS)));

/** Nodes leave for short and long, crash while data moves, are drained and weighed anew. */
export const membersChange: readonly Trouble[] = [
  stayAway,
  stayAway,
  stayAway,
  stayCutOff,
  stayCutOff,
  restart,
  restart,
  drain,
  undrain,
  undrain,
  reweigh,
  cutFromNode,
  loseMessages,
  slowMessages,
  mendNetwork,
  mendNetwork,
];

/** The registry loses all that it had, and no gateway that saw the newest map is left. */
const loseMap: Trouble = ({ registry, gateways }) => {
  registry.lose();
  for (const gateway of gateways) gateway.restart();
};
const setMapBack: Trouble = ({ registry, gateways, random }) => {
  registry.setBack(1 + Math.floor(random() * SET_BACK_MAX));
  for (const gateway of gateways) gateway.restart();
};

/** New nodes own most of the data before they have any of it, and just then the map is lost. */
export const growAndLoseMap: Trouble = (cluster) => {
  while (cluster.nodes.length < NODES_MAX) addNode(cluster);
  cluster.time.after(cluster.random() * JOIN_MS, () => loseMap(cluster));
};

/** Data moves, and again and again nobody is left but the nodes who knows how. */
export const mapsAreLost: readonly Trouble[] = [
  loseMap,
  loseMap,
  setMapBack,
  drain,
  undrain,
  reweigh,
  loseMessages,
  mendNetwork,
];

const pauseGateway: Trouble = (cluster) => someGateway(cluster).pause(cluster.random() * HANG_MS);
const restartGateway: Trouble = (cluster) => someGateway(cluster).restart();
const lateMessages: Trouble = ({ network, random }) => void (network.lateRate = random() * RATE_MAX);
const repeatMessages: Trouble = ({ network, random }) => void (network.duplicateRate = random() * RATE_MAX);
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
  drain,
  undrain,
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
  { troubles, mayWipe, calmMs = CALM_MS, isOver }: TroubleOptions,
): Promise<void> {
  let wipeAfter = mayWipe ? Math.floor(cluster.random() * WIPE_AFTER_MAX) : Infinity;
  for (; !isOver(); wipeAfter -= 1) {
    await cluster.time.sleep(cluster.random() * calmMs);
    const trouble = wipeAfter === 0 ? wipeNode : pick(cluster.random, troubles);
    trouble(cluster);
  }
}
