import { expect, test } from 'vitest';
import { AnswerRate } from './answer-rate.ts';

test('a rate takes two samples that are far enough apart', () => {
  const rate = new AnswerRate();
  expect(rate.perSecond).toBeUndefined();
  rate.note(100, 0);
  rate.note(110, 10);
  expect(rate.perSecond).toBeUndefined();
  rate.note(350, 1_000);
  expect(rate.perSecond).toBe(250);
});

test('what is longer ago than the window does not count', () => {
  const rate = new AnswerRate();
  let count = 0;
  for (let second = 0; second <= 20; second += 1) {
    rate.note(count, second * 1_000);
    count += second < 10 ? 1_000 : 40;
  }
  expect(rate.perSecond).toBe(40);
});

test('after a silence longer than the window the rate is that of the silence', () => {
  const rate = new AnswerRate();
  rate.note(0, 0);
  rate.note(500, 1_000);
  rate.note(600, 11_000);
  expect(rate.perSecond).toBe(10);
});

test('a node that was started again counts from the start', () => {
  const rate = new AnswerRate();
  rate.note(9_000, 0);
  rate.note(9_500, 1_000);
  rate.note(10, 2_000);
  expect(rate.perSecond).toBeUndefined();
  rate.note(30, 3_000);
  expect(rate.perSecond).toBe(20);
});
