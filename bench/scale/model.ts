/*
 * A model of what requests cost, fitted to measurements, and what it says of clusters that do not fit on this machine.
 * The cost of a request is a part of its own and a share of the messages that it travels in:
 *
 *   gateway:  own + message * (messages to nodes for a request)
 *   nodes:    own + message * (messages), all nodes together
 *
 * In larger clusters the operations of a gateway spread over more nodes, so fewer share a message. Pure.
 */

/** One measurement of one mix. */
export interface CostSample {
  /** Messages to nodes for a request. */
  readonly messages: number;
  /** Processor time for a request in milliseconds: of all gateways, of all nodes. */
  readonly gatewayMs: number;
  readonly nodesMs: number;
}

/** own + message * messages. */
export interface Line {
  readonly own: number;
  readonly message: number;
  /** How far measurements are from the line, as a share of them, in the mean. */
  readonly error: number;
}

/** What requests of one mix cost. */
export interface CostModel {
  readonly gateway: Line;
  readonly nodes: Line;
}

/** The line that is nearest to the points (least squares), with neither part below 0. */
export function fitLine(points: readonly (readonly [messages: number, costMs: number])[]): Line {
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = spread === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  // What costs nothing by itself, or nothing for a message, is noise: the other part carries all.
  const message = Math.min(Math.max(0, slope), meanX === 0 ? 0 : meanY / meanX);
  const own = meanY - message * meanX;
  const error = mean(points.map(([x, y]) => Math.abs(own + message * x - y) / y));
  return { own, message, error };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Fits both lines. */
export function fitCosts(samples: readonly CostSample[]): CostModel {
  return {
    gateway: fitLine(samples.map(({ messages, gatewayMs }) => [messages, gatewayMs])),
    nodes: fitLine(samples.map(({ messages, nodesMs }) => [messages, nodesMs])),
  };
}

/** What is assumed of a cluster that is projected. */
export interface Assumptions {
  /** Operations on nodes for a request, each of which could be a message of its own. */
  readonly operations: number;
  /** How long a message to a node and its answer take, in which operations for that node gather. */
  readonly messageTimeMs: number;
  /** Share of a core that a process may use in the long run: beyond it, queues grow. */
  readonly utilisation: number;
  /** Lanes of a node, each with one message under way. */
  readonly lanes: number;
  /** Processor time of a gateway for asking how nodes are, in milliseconds a second, by the number of nodes. */
  readonly pollingMs: (nodes: number) => number;
}

/** What a cluster of some size can do, each process on a core of its own. */
export interface Projection {
  readonly nodes: number;
  /** Requests a second that one gateway can take, and messages for each of them then. */
  readonly perGateway: number;
  readonly messages: number;
  /** Requests a second that all nodes together can take. */
  readonly byNodes: number;
  /** Gateways that it takes to keep the nodes busy: with fewer, the gateways are what is full first. */
  readonly gatewaysNeeded: number;
  /** Connections of one node from gateways, with so many. */
  readonly connectionsOfNode: number;
}

const ROUNDS = 60;

/** Projects one size. */
export function project(model: CostModel, nodes: number, assumptions: Assumptions): Projection {
  const { operations, utilisation, pollingMs } = assumptions;
  const availableMs = Math.max(0, 1_000 * utilisation - pollingMs(nodes));
  // The more requests, the more share a message, the less each costs: found by bisection.
  let [low, high] = [0, availableMs / Math.max(1e-9, model.gateway.own)];
  for (let round = 0; round < ROUNDS; round += 1) {
    const rate = (low + high) / 2;
    const costMs = model.gateway.own + model.gateway.message * messagesAt(rate, nodes, assumptions);
    if (rate * costMs <= availableMs) low = rate;
    else high = rate;
  }
  const messages = messagesAt(low, nodes, assumptions);
  const nodeCostMs = model.nodes.own + model.nodes.message * Math.min(messages, operations);
  const byNodes = (nodes * 1_000 * utilisation) / nodeCostMs;
  const gatewaysNeeded = Math.ceil(byNodes / Math.max(1e-9, low));
  return { nodes, perGateway: low, messages, byNodes, gatewaysNeeded, connectionsOfNode: gatewaysNeeded };
}

/** Messages for a request, when a gateway makes so many requests a second: at most one for each operation. */
export function messagesAt(rate: number, nodes: number, { operations, messageTimeMs, lanes }: Assumptions): number {
  const gathered = (rate * operations * messageTimeMs) / 1_000 / (nodes * lanes);
  return operations / Math.max(1, gathered);
}
