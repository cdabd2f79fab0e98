import { expect, test } from 'vitest';
import { AnswerReader } from './answer-reader.ts';

const ANSWER = Buffer.from('HTTP/1.1 201 Created\r\nContent-Length: 6\r\nX: y\r\n\r\n{"ü"}');

test('an answer is whole once all of its bytes are there, however they are cut', () => {
  const reader = new AnswerReader();
  for (const byte of ANSWER.subarray(0, -1)) expect(reader.read(Buffer.of(byte))).toBeUndefined();
  expect(reader.read(ANSWER.subarray(-1))).toBe(201);
});

test('one answer follows the other', () => {
  const reader = new AnswerReader();
  const failed = Buffer.from('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n');
  expect([ANSWER, failed, ANSWER].map((bytes) => reader.read(bytes))).toEqual([201, 503, 201]);
});

test('an answer that does not say its length is refused', () => {
  const chunked = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
  expect(() => new AnswerReader().read(chunked)).toThrow('content-length');
});
