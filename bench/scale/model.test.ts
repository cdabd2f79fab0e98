import { expect, test } from 'vitest';
import { fitCosts, fitLine, messagesAt, project, type Assumptions } from './model.ts';

const assumptions: Assumptions = {
  operations: 5,
  messageTimeMs: 2,
  utilisation: 0.8,
  lanes: 2,
  pollingMs: () => 0,
};
const model = fitCosts([
  { messages: 1, gatewayMs: 0.15, nodesMs: 0.2 },
  { messages: 3, gatewayMs: 0.25, nodesMs: 0.4 },
]);

const costMs = (messages: number) => 0.1 + 0.05 * messages;

test('the costs that made the points are found', () => {
  const line = fitLine([0.5, 1, 2, 5].map((messages) => [messages, 0.1 + 0.05 * messages]));
  expect(line.own).toBeCloseTo(0.1);
  expect(line.message).toBeCloseTo(0.05);
  expect(line.error).toBeCloseTo(0);
});

test.each([
  [
    'falls with messages',
    [
      [1, 0.4],
      [2, 0.2],
    ],
    { own: 0.3, message: 0 },
  ],
  [
    'would begin below nothing',
    [
      [1, 0.1],
      [2, 0.5],
    ],
    { own: 0, message: 0.2 },
  ],
  [
    'always has as many messages',
    [
      [2, 0.1],
      [2, 0.3],
    ],
    { own: 0.2, message: 0 },
  ],
] as const)('no part of a cost is below nothing: one that %s', (_, points, { own, message }) => {
  const line = fitLine(points);
  expect(line.own).toBeCloseTo(own);
  expect(line.message).toBeCloseTo(message);
});

test('operations gather while a message is under way, and are at most one message each', () => {
  // 5,000 operations a second over 6 lanes, of which each makes 500 messages a second.
  expect(messagesAt(1_000, 3, assumptions)).toBeCloseTo(3);
  expect(messagesAt(10, 3, assumptions)).toBe(5);
  expect(messagesAt(1_000, 1_000, assumptions)).toBe(5);
});

test('a gateway takes what its core allows, and less when nodes are so many that nothing gathers', () => {
  const [few, many] = [3, 1_000].map((nodes) => project(model, nodes, assumptions));
  expect((few?.perGateway ?? 0) * costMs(few?.messages ?? 0)).toBeCloseTo(800, 0);
  expect(many?.messages).toBe(5);
  expect(many?.perGateway).toBeCloseTo(800 / costMs(5), 0);
  expect(few?.perGateway).toBeGreaterThan(many?.perGateway ?? 0);
});

test('nodes take in proportion to their number once nothing gathers, and so many more gateways are needed', () => {
  const [hundred, thousand] = [100, 1_000].map((nodes) => project(model, nodes, assumptions));
  expect((thousand?.byNodes ?? 0) / (hundred?.byNodes ?? 1)).toBeCloseTo(10, 1);
  expect(thousand?.gatewaysNeeded).toBe(Math.ceil((thousand?.byNodes ?? 0) / (thousand?.perGateway ?? 1)));
});

test('what a gateway spends on asking how nodes are, it has not for requests', () => {
  const idle = project(model, 1_000, assumptions).perGateway;
  const polling = project(model, 1_000, { ...assumptions, pollingMs: () => 400 }).perGateway;
  expect(polling / idle).toBeCloseTo(0.5, 2);
});
