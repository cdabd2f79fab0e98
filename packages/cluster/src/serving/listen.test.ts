import { describe, expect, it } from 'vitest';
import { listen, ListenError, type Listener } from './listen.ts';

describe('listening', () => {
  it('takes a free port, answers, and ends', async () => {
    const listener = await listen(async (_, outgoing) => void outgoing.end('hello'), '127.0.0.1', 0);
    const url = `http://127.0.0.1:${listener.port}/`;
    expect(await (await fetch(url)).text()).toBe('hello');
    await listener.close();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('says in words that a port is in use', async () => {
    const listener = await listen(async (_, outgoing) => void outgoing.end(), '127.0.0.1', 0);
    const again = listen(async (_, outgoing) => void outgoing.end(), '127.0.0.1', listener.port);
    await expect(again).rejects.toThrow(ListenError);
    await expect(again).rejects.toThrow(`port ${listener.port} on 127.0.0.1 is in use`);
    await listener.close();
  });

  it('says in words that an address is not of this machine', async () => {
    await expect(listen(async (_, outgoing) => void outgoing.end(), '192.0.2.1', 0)).rejects.toThrow('set HOST');
  });

  it('breaks what is left when told to', async () => {
    const listener: Listener = await listen(async () => listener.destroy(), '127.0.0.1', 0);
    await expect(fetch(`http://127.0.0.1:${listener.port}/`)).rejects.toThrow('fetch failed');
    await listener.close();
  });
});
