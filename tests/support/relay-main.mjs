/*
 * Straddles two network namespaces for a test: takes sockets of the one it was started from, which its parent hands
 * over, and makes its own in the one it runs in. Ends with its parent. Knows nothing of what it passes on.
 */
import { connect, createServer } from 'node:net';

process.on('disconnect', () => process.exit());
process.on('message', (message, server) => {
  if (message.type === 'forward') forward(server, message.host, message.port);
  else offer(message.host);
});
process.send({ type: 'ready' });

/** Passes on what reaches a server of the parent's namespace to an address of this one. */
function forward(server, host, port) {
  server.on('connection', (client) => {
    const target = connect(port, host);
    client.pipe(target).pipe(client);
    for (const [end, other] of [
      [client, target],
      [target, client],
    ]) {
      end.setNoDelay(true);
      end.on('error', () => other.destroy());
      end.on('close', () => other.destroy());
    }
  });
}

/** Listens in this namespace, and hands each connection to the parent. */
function offer(host) {
  const server = createServer({ pauseOnConnect: true }, (socket) => process.send({ type: 'connection' }, socket));
  server.listen(0, host, () => process.send({ type: 'offered', port: server.address().port }));
}
