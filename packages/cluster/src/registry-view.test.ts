import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createRegistryViewHolder } from './registry-view.ts';
import { RegistryUnavailableError } from './registry.ts';

const silent = pino({ level: 'silent' });
const gateway = { id: 'gateway-1', host: '127.0.0.1', port: 5000, sequence: 1 };

describe('createRegistryViewHolder', () => {
  it('tells of changes only, and keeps the same object while there are none', () => {
    const holder = createRegistryViewHolder(silent);
    const seen: number[] = [];
    holder.onChange((view) => seen.push(view.gateways.length));
    holder.update({ connected: true, gateways: [gateway] });
    const { view } = holder;
    holder.update({ connected: true, gateways: [{ ...gateway }] });
    expect(holder.view).toBe(view);
    holder.update({ gateways: [] });
    expect(seen).toEqual([1, 0]);
  });

  it('keeps the same map while only the members change', () => {
    const holder = createRegistryViewHolder(silent);
    const node = { id: 'a', zone: 'z', weight: 1, state: 'in' } as const;
    const stored = (revision: number) => ({ map: { epoch: 1, pgCount: 1, replicas: 1, nodes: [node] }, revision });
    holder.update({ connected: true, stored: stored(1) });
    const first = holder.view.stored;
    holder.update({ gateways: [gateway], stored: stored(1) });
    expect(holder.view.stored).toBe(first);
    expect(holder.view.gateways).toEqual([gateway]);
    holder.update({ stored: stored(2) });
    expect(holder.view.stored).toEqual(stored(2));
    holder.update({ stored: undefined });
    expect(holder.view.stored).toBeUndefined();
  });

  describe('of a large cluster', () => {
    const nodes = Array.from({ length: 500 }, (_, index) => {
      return { id: `node-${index}`, zone: `zone-${index % 5}`, weight: 1, state: 'in' } as const;
    });
    const stored = (epoch: number) => ({ map: { epoch, pgCount: 256, replicas: 3, nodes }, revision: epoch });

    it('shows a new map when all of it is placed, with what else has come meanwhile', async () => {
      const turns: (() => void)[] = [];
      const holder = createRegistryViewHolder(silent, async () => new Promise((resolve) => turns.push(resolve)));
      const seen: (readonly [epoch: number | undefined, gateways: number])[] = [];
      holder.onChange(({ stored: shown, gateways }) => seen.push([shown?.map.epoch, gateways.length]));
      holder.update({ connected: true, stored: stored(1) });
      expect(holder.view.connected).toBe(false);
      holder.update({ gateways: [gateway] });
      holder.update({ stored: stored(2) });
      expect(seen).toEqual([]);
      while (turns.length > 0) {
        turns.shift()?.();
        await Promise.resolve();
        await Promise.resolve();
        await Promise.resolve();
      }
      expect(seen).toEqual([[2, 1]]);
      await holder.ready();
      holder.update({ gateways: [] });
      expect(seen).toEqual([
        [2, 1],
        [2, 0],
      ]);
    });

    it('is told of no more once it is closed', async () => {
      const turns: (() => void)[] = [];
      const holder = createRegistryViewHolder(silent, async () => new Promise((resolve) => turns.push(resolve)));
      holder.onChange(() => expect.unreachable());
      holder.update({ connected: true, stored: stored(1) });
      holder.close();
      for (const turn of turns) turn();
      await expect(holder.ready()).rejects.toThrow(RegistryUnavailableError);
      expect(holder.view.stored).toBeUndefined();
    });
  });

  it('goes on to the next listener when one throws, and not to one that has left', () => {
    const holder = createRegistryViewHolder(silent);
    const seen: string[] = [];
    holder.onChange(() => {
      throw new Error('a bug in a listener');
    });
    const leave = holder.onChange(() => seen.push('left'));
    holder.onChange(() => seen.push('stayed'));
    leave();
    holder.update({ connected: true });
    expect(seen).toEqual(['stayed']);
  });

  it('is ready with the first view that was read while connected', async () => {
    const holder = createRegistryViewHolder(silent);
    let ready = false;
    const waiting = holder.ready().then(() => (ready = true));
    holder.update({ connected: false, gateways: [gateway] });
    await Promise.resolve();
    expect(ready).toBe(false);
    holder.update({ connected: true });
    await waiting;
    holder.close();
    await holder.ready();
  });

  it('refuses whoever waits for a view that will not come, and changes no more', async () => {
    const holder = createRegistryViewHolder(silent);
    const waiting = holder.ready();
    holder.close();
    await expect(waiting).rejects.toBeInstanceOf(RegistryUnavailableError);
    holder.update({ connected: true, gateways: [gateway] });
    expect(holder.view).toMatchObject({ connected: false, gateways: [] });
  });
});
