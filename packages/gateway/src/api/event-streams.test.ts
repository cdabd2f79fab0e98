import { createManualClock } from '@trolley/cluster/testing';
import { describe, expect, it } from 'vitest';
import { createEventFeed } from '../events.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';
import { createEventStreams } from './event-streams.ts';

function createStreams({ readersMax = 2, waitingMax = 4 } = {}) {
  const clock = createManualClock(5_000);
  const feed = createEventFeed({ clock });
  const stop = new AbortController();
  const streams = createEventStreams({ feed, clock, stopping: stop.signal, readersMax, waitingMax });
  const open = (lastEventId?: string) => {
    const reader = streams.open(lastEventId)?.getReader();
    if (reader === undefined) throw new Error('no room');
    const next = async () => {
      const { value, done } = await reader.read();
      return done ? undefined : new TextDecoder().decode(value);
    };
    return { next, cancel: () => reader.cancel() };
  };
  const publish = (node: string) => feed.publish({ type: 'node-down', node });
  return { clock, streams, stop, open, publish };
}

function idsIn(text: string | undefined) {
  return text?.match(/(?<=^id: ).*/gm);
}

describe('event streams', () => {
  it('tell each new event, with its id, type and data', async () => {
    const { open, publish } = createStreams();
    publish('before');
    const { next } = open();
    publish('node-2');
    expect(await next()).toBe('retry: 2000\n\n');
    expect(await next()).toBe(
      'id: 3uw-2\nevent: node-down\ndata: {"type":"node-down","node":"node-2","atMs":5000}\n\n',
    );
  });

  it('go on after the last event that a reader has, and begin with all for an id they do not know', async () => {
    const { open, publish } = createStreams();
    for (const node of ['a', 'b', 'c']) publish(node);
    expect(idsIn(await open('3uw-1').next())).toEqual(['3uw-2', '3uw-3']);
    expect(idsIn(await open('0').next())).toEqual(['3uw-1', '3uw-2', '3uw-3']);
  });

  it('say now and then that they are alive', async () => {
    const { clock, open } = createStreams();
    const { next } = open();
    await next();
    clock.advance(15_000);
    expect(await next()).toBe(': still here\n\n');
    clock.advance(15_000);
    expect(await next()).toBe(': still here\n\n');
  });

  it('cut off a reader that does not read, and keep the others', async () => {
    const { open, publish } = createStreams();
    const slow = open();
    const fast = open();
    await fast.next();
    for (let event = 0; event < 10; event += 1) {
      publish(`node-${event}`);
      expect(await fast.next()).toContain(`node-${event}`);
    }
    const got: (string | undefined)[] = [];
    for (let read = 0; read < 5; read += 1) got.push(await slow.next());
    expect(got.at(-2)).toContain('node-2');
    expect(got.at(-1)).toBe(undefined);
  });

  it('have room for so many readers, and for another when one leaves', async () => {
    const { streams, open } = createStreams();
    const { cancel } = open();
    open();
    expect(streams.open(undefined)).toBe(undefined);
    await cancel();
    expect(streams.open(undefined)).toBeInstanceOf(ReadableStream);
  });

  it('leave no timer and no reader behind when all end', async () => {
    const { stop, open, streams, publish, clock } = createStreams();
    const { next } = open();
    await next();
    stop.abort();
    publish('late');
    clock.advance(60_000);
    expect(await next()).toBe(undefined);
    expect(streams.open(undefined)).toBe(undefined);
  });
});

describe('GET /cluster/events', () => {
  it('is an event stream', async () => {
    const { get, events } = createTestApi();
    events.publish({ type: 'registry-lost' });
    const response = await get('/cluster/events', { 'last-event-id': '0' });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const first = await response.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toContain('event: registry-lost');
  });

  it('turns readers away when there are too many', async () => {
    const { get } = createTestApi();
    for (let reader = 0; reader < 100; reader += 1) await get('/cluster/events');
    const response = await get('/cluster/events');
    expect([response.status, (await problemIn(response)).code]).toEqual([503, 'TOO_MANY_READERS']);
  });
});
