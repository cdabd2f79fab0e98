import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { answerParent, type ChildReport } from './parent-channel.ts';

function createChannel() {
  const emitter = new EventEmitter();
  const reports: ChildReport[] = [];
  const channel = {
    on: (event: 'message', listener: (message: unknown) => void) => emitter.on(event, listener),
    send: (report: ChildReport) => reports.push(report),
  };
  const calls: string[] = [];
  const network = {
    cutOff: () => void calls.push('cut-off'),
    rejoin: () => void calls.push('rejoin'),
    close: () => undefined,
  };
  return { channel, network, calls, reports, tell: (message: unknown) => emitter.emit('message', message) };
}

test('a child says that it serves, does as it is told, and says so', () => {
  const { channel, network, calls, reports, tell } = createChannel();
  answerParent(channel, network);
  tell({ order: 'cut-off' });
  tell({ order: 'rejoin' });
  expect(calls).toEqual(['cut-off', 'rejoin']);
  expect(reports).toEqual([{ state: 'running' }, { state: 'cut-off' }, { state: 'running' }]);
});

test.each([undefined, null, 'cut-off', {}, { order: 'dance' }, { order: ['cut-off'] }])('%j is no order', (message) => {
  const { channel, network, calls, reports, tell } = createChannel();
  answerParent(channel, network);
  tell(message);
  expect(calls).toEqual([]);
  expect(reports).toEqual([{ state: 'running' }]);
});

test('a child without a switch obeys no order, and reports nothing that it did not do', () => {
  const { channel, reports, tell } = createChannel();
  answerParent(channel, undefined);
  tell({ order: 'cut-off' });
  expect(reports).toEqual([{ state: 'running' }]);
});
