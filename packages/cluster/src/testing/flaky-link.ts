/*
 * A network cable for tests: a TCP port on 127.0.0.1 that passes everything on to another, until it is
 * cut (connections end, new ones are refused at once) or frozen (nothing passes and nothing ends).
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A connection between a client and a server that a test can break. */
export interface FlakyLink {
  readonly port: number;
  /** Ends every connection, and each new one. */
  cut(): void;
  /** Holds all connections open but passes nothing on, in either direction. */
  freeze(): void;
  /** Passes everything on again; what was frozen is lost together with its connections. */
  mend(): void;
  close(): Promise<void>;
}

/** Opens a link to a port of this machine. */
export async function openFlakyLink(targetPort: number): Promise<FlakyLink> {
  const sockets = new Set<Socket>();
  let state: 'whole' | 'cut' | 'frozen' = 'whole';

  const server = createServer((incoming) => {
    track(incoming);
    if (state === 'cut') incoming.destroy();
    if (state !== 'whole') return;
    const outgoing = connect(targetPort, '127.0.0.1');
    track(outgoing);
    join(incoming, outgoing);
  });

  function join(a: Socket, b: Socket): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      from.setNoDelay(true);
      from.pipe(to);
      from.on('close', () => {
        // That the other side has gone does not get through a frozen link either.
        if (state !== 'frozen') to.destroy();
      });
    }
  }

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  }

  function destroyAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  await listen(server);
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cut() {
      state = 'cut';
      destroyAll();
    },
    freeze() {
      state = 'frozen';
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    mend() {
      if (state === 'frozen') destroyAll();
      state = 'whole';
    },
    async close() {
      destroyAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}
