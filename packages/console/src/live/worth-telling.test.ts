import { expect, test } from 'vitest';
import { ApiProblem, GatewayAway } from '../api/problem.ts';
import { worthTelling } from './worth-telling.ts';

test('that the gateway is away is told by the frame, once there is something to see', () => {
  const away = new GatewayAway('cut');
  expect(worthTelling(away, ['something'])).toBeUndefined();
  expect(worthTelling(away, undefined)).toBe(away);
});

test('what the gateway says is always told', () => {
  const problem = new ApiProblem(503, { code: 'QUORUM_NOT_MET' });
  expect(worthTelling(problem, ['something'])).toBe(problem);
  expect(worthTelling(undefined, ['something'])).toBeUndefined();
});
