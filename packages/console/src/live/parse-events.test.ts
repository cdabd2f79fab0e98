import { expect, test } from 'vitest';
import { createEventParser } from './parse-events.ts';

const STREAM =
  'retry: 1000\n\nid: f-1\nevent: node-down\ndata: {"node":"node-2"}\n\n: still here\n\nid: f-2\nevent: node-up\ndata: {}\n\n';
const EVENTS = [
  { id: 'f-1', type: 'node-down', data: '{"node":"node-2"}' },
  { id: 'f-2', type: 'node-up', data: '{}' },
];

test('events that come in one piece', () => {
  expect(createEventParser()(STREAM)).toEqual(EVENTS);
});

test('events that are cut anywhere', () => {
  for (let size = 1; size < STREAM.length; size += 1) {
    const parse = createEventParser();
    const pieces = STREAM.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    expect(pieces.flatMap((piece) => parse(piece))).toEqual(EVENTS);
  }
});

test('an event that is cut off is not told', () => {
  expect(createEventParser()('id: f-1\nevent: node-down\ndata: {}\n')).toEqual([]);
});

test('data of several lines, and lines that end as on Windows', () => {
  expect(createEventParser()('data: a\r\ndata: b\r\n\r\n')).toEqual([{ id: '', type: 'message', data: 'a\nb' }]);
});
