/*
 * A network that a test can split into a left and a right side, with the registry on either. Packets between the sides
 * are dropped, not refused, as in a real partition: whoever waits for an answer waits in vain.
 */
import { createNamespaceNetwork } from './network-namespaces.ts';
import { startRelay } from './relay.ts';

/** Where a process runs. */
export type Side = 'left' | 'right';

/** How to start a process on one side, and how to reach it from the test. */
export interface ProcessPlace {
  /** What stands before its command. */
  readonly command: readonly string[];
  /** The address that it has to listen on. */
  readonly host: string;
  /** The URL by which the test reaches a server there, whatever is cut; the one that the server tells is for its peers. */
  reach(url: string): Promise<string>;
}

/** A network with two sides. */
export interface SplitNetwork {
  /** How it is made. */
  readonly means: string;
  place(side: Side): ProcessPlace;
  /** Makes a registry that listens on 127.0.0.1 reachable from both sides; resolves to HOST:PORT there. */
  connectRegistry(port: number): Promise<string>;
  /** Parts the sides, and one of them from the registry too. */
  cut(registry: 'reachable from both' | 'reachable from the right'): Promise<void>;
  heal(): Promise<void>;
  /** Whether all that was sent on either side, by whoever may have given it up since, has got to the other. */
  isDelivered(): Promise<boolean>;
  close(): Promise<void>;
}

/** Makes a network that is whole. @throws Error when this machine, or this user, cannot */
export async function createSplitNetwork(): Promise<SplitNetwork> {
  const network = await createNamespaceNetwork(['left', 'right', 'registry']);
  const { places, router } = network;
  // The test looks on from the router, which no cut concerns.
  const [relay, registryRelay] = await Promise.all([router, places.registry].map(({ command }) => startRelay(command)));
  if (relay === undefined || registryRelay === undefined) throw new Error('no relay');
  let cuts: (readonly ['left', 'right' | 'registry'])[] = [];
  return {
    means: network.isRoot ? 'network namespaces' : 'network namespaces of a user who is not root',
    place: (side) => ({
      command: places[side].command,
      host: places[side].address,
      async reach(url) {
        const { hostname, port } = new URL(url);
        return `http://127.0.0.1:${await relay.forward(hostname, Number(port))}`;
      },
    }),
    connectRegistry: async (port) => {
      const { address } = places.registry;
      return `${address}:${await registryRelay.offer(address, port)}`;
    },
    async cut(registry) {
      cuts =
        registry === 'reachable from both'
          ? [['left', 'right']]
          : [
              ['left', 'right'],
              ['left', 'registry'],
            ];
      for (const [one, other] of cuts) await network.drop(one, other);
    },
    async heal() {
      for (const [one, other] of cuts.splice(0)) await network.pass(one, other);
    },
    async isDelivered() {
      const sending = await Promise.all([network.isSending('left'), network.isSending('right')]);
      return !sending.includes(true);
    },
    async close() {
      await Promise.all([relay.close(), registryRelay.close()]);
      await network.close();
    },
  };
}
