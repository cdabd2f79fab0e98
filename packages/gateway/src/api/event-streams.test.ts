import { createManualClock } from '@trolley/cluster/testing';
import { describe, expect, it } from 'vitest';
import { createEventFeed } from '../events.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';
import { createEventStreams } from './event-streams.ts';

function createStreams({ readersMax = 2, waitingBytesMax = 400 } = {}) {
  const clock = createManualClock(5_000);
  const feed = createEventFeed({ clock });
  const stop = new AbortController();
  const streams = createEventStreams({ feed, clock, stopping: stop.signal, readersMax, waitingBytesMax });
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
    while (got.length === 0 || got.at(-1) !== undefined) got.push(await slow.next());
    expect(got.length).toBeLessThan(9);
    const last = idsIn(got.at(-2))?.at(-1);
    expect(last).toBe(`3uw-${got.length - 2}`);
    // It comes back with the last that it has, and lacks nothing.
    const missed = idsIn(await open(last).next()) ?? [];
    expect(missed[0]).toBe(`3uw-${got.length - 1}`);
    expect(missed.at(-1)).toBe('3uw-10');
  });

  it('send a burst as one, larger than what may wait, and cut nobody off for it who reads', async () => {
    const { open, publish } = createStreams();
    const { next } = open();
    await next();
    for (let burst = 0; burst < 3; burst += 1) {
      for (let event = 0; event < 400; event += 1) publish(`node-${event}`);
      expect(idsIn(await next())).toHaveLength(400);
    }
  });

  it('tell a new reader once what is on its way when it comes', async () => {
    const { open, publish } = createStreams();
    const early = open();
    await early.next();
    publish('a');
    const late = open('0');
    expect(idsIn(await late.next())).toEqual(['3uw-1']);
    publish('b');
    expect(idsIn(await late.next())).toEqual(['3uw-2']);
    expect(idsIn(await early.next())).toEqual(['3uw-1']);
    expect(idsIn(await early.next())).toEqual(['3uw-2']);
  });

  it('begin with all that is kept for a reader who comes from before a restart of the gateway', async () => {
    const { open, publish } = createStreams();
    publish('a');
    publish('b');
    expect(idsIn(await open('another-7').next())).toEqual(['3uw-1', '3uw-2']);
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
