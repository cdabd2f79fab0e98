import { createManualClock } from '@trolley/cluster/testing';
import { describe, expect, it } from 'vitest';
import { createEventFeed, type ClusterEvent } from './events.ts';

const down = (node: string): ClusterEvent => ({ type: 'node-down', node });

describe('the event feed', () => {
  it('hands each event to those who listen, with a time and an id of its own', () => {
    const clock = createManualClock(5_000);
    const feed = createEventFeed({ clock });
    const heard: string[] = [];
    const end = feed.subscribe(({ id, atMs, event }) => heard.push(`${id} ${atMs} ${event.type}`));
    feed.publish(down('a'));
    clock.advance(10);
    feed.publish(down('b'));
    end();
    feed.publish(down('c'));
    expect(heard).toEqual(['3uw-1 5000 node-down', '3uw-2 5010 node-down']);
  });

  it('tells one listener that subscribed twice twice, and ends one of the two', () => {
    const feed = createEventFeed({ clock: createManualClock() });
    let heard = 0;
    const listener = () => void (heard += 1);
    const end = feed.subscribe(listener);
    feed.subscribe(listener);
    feed.publish(down('a'));
    end();
    feed.publish(down('b'));
    expect(heard).toBe(3);
  });

  it('goes on after an id, keeps no more than its bound, and gives all it has for an id it does not know', () => {
    const feed = createEventFeed({ clock: createManualClock(), keptEvents: 3 });
    const ids: string[] = [];
    feed.subscribe(({ id }) => ids.push(id));
    for (const node of ['a', 'b', 'c', 'd', 'e']) feed.publish(down(node));
    const numbersSince = (id: string | undefined) => feed.since(id).map((published) => ids.indexOf(published.id) + 1);
    expect(numbersSince(ids[3])).toEqual([5]);
    expect(numbersSince(ids[4])).toEqual([]);
    expect(numbersSince(ids[0])).toEqual([3, 4, 5]);
    expect(numbersSince(undefined)).toEqual([3, 4, 5]);
    expect(numbersSince('another-4')).toEqual([3, 4, 5]);
  });
});
