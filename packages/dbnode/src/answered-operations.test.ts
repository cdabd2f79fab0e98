import type { NodeOperation } from '@trolley/cluster';
import { expect, test } from 'vitest';
import { countAnswered, withCount } from './answered-operations.ts';

const STATUS = {
  type: 'status',
  records: 1,
  bytes: 2,
  hintsWaiting: [],
  incompleteGroups: [],
  fetching: null,
  lastEvent: 0,
  events: [],
} as const;
const read: NodeOperation = { type: 'read', key: 'user:a', detail: 'record' };
const status: Extract<NodeOperation, { type: 'status' }> = { type: 'status', eventsAfter: 0 };

test('operations on records are counted and passed on; what looks after the cluster is not counted', async () => {
  const heard: string[] = [];
  const answered = countAnswered({ finished: ({ type }) => heard.push(type) });
  answered.finished(read, { type: 'read', record: null }, 1, undefined);
  answered.finished(read, { type: 'error', code: 'INTERNAL', message: '' }, 1, undefined);
  answered.finished(status, STATUS, 1, undefined);
  answered.finished({ type: 'hint', node: 'node-2', keys: [] }, { type: 'hint' }, 1, undefined);
  expect(heard).toEqual(['read', 'read', 'status', 'hint']);
  const answer = withCount(async () => STATUS, answered);
  expect(await answer(status)).toEqual({ ...STATUS, answered: 2 });
});

test('other answers are left as they are', async () => {
  const answer = withCount(async () => ({ type: 'hint' }), { count: 5 });
  expect(await answer({ type: 'hint', node: 'node-2', keys: [] })).toEqual({ type: 'hint' });
});
