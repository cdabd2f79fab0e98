// A node or a gateway for tests of the launcher, as a process of its own. What it does follows from its
// environment: a gateway serves an empty shop on PORT and sees EXPECTED_NODES nodes up, but for one that fails;
// FAKE_* variables make it misbehave.
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';

const { EXPECTED_NODES, GATEWAY_ID, NODE_ID, PORT, FAKE_FAIL, FAKE_STUBBORN, FAKE_STOPPED_DIRECTORY } = process.env;
const { FAKE_REPORTS, FAKE_DIES_OF_ORDERS } = process.env;
const name = GATEWAY_ID ?? NODE_ID;
const log = (level, msg) => process.stdout.write(`${JSON.stringify({ level, time: 0, msg })}\n`);

if (FAKE_FAIL === name) {
  log(30, 'starting');
  process.stderr.write(`${name} cannot read its settings\n`);
  process.exit(1);
}

const stop = () => {
  if (FAKE_STUBBORN === name) return;
  if (FAKE_STOPPED_DIRECTORY !== undefined) {
    writeFileSync(`${FAKE_STOPPED_DIRECTORY}/${name}`, `${process.hrtime.bigint()}`);
  }
  process.exit(0);
};
process.on('SIGTERM', stop);
process.on('SIGINT', () => log(50, 'the terminal reached the child'));
process.on('disconnect', stop);
// The test may have ended before anything here could listen for that.
if (process.send !== undefined && !process.connected) process.exit(0);
if (FAKE_REPORTS === name) {
  process.on('message', ({ order }) => {
    if (FAKE_DIES_OF_ORDERS === name) process.exit(1);
    process.send({ state: order === 'cut-off' ? 'cut-off' : 'running' });
  });
  process.send({ state: 'running' });
}
setInterval(() => undefined, 1e6);
log(30, 'running');
log(40, `${name} warns`);

if (GATEWAY_ID !== undefined) {
  const nodes = Array.from({ length: Number(EXPECTED_NODES) }, (_, index) => ({
    id: `node-${index + 1}`,
    state: 'in',
    up: FAKE_FAIL !== `node-${index + 1}`,
    url: `http://127.0.0.1:${9001 + index}`,
    zone: `zone-${index + 1}`,
  }));
  const users = new Set();
  const answers = {
    'GET /readyz': () => [200, {}],
    'GET /cluster': () => [200, { epoch: 1, nodes }],
    'GET /productslist': () => [200, users.size === 0 ? [] : [{}]],
    'GET /product': () => [404, {}],
    'POST /product': () => [200, {}],
    'POST /createuser': () => [201, users.add('')],
    'POST /addtocart': () => [200, {}],
  };
  const server = createServer((request, response) => {
    request.resume();
    const answer = answers[`${request.method} ${request.url.split('?')[0]}`];
    const [status, body] = answer === undefined ? [404, {}] : answer();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  server.listen(Number(PORT), '127.0.0.1');
}
