import { expect, test } from 'vitest';
import { gatewayEnvironment, nodeEnvironment } from './child-environment.ts';

const options = {
  nodes: 5,
  gateways: 2,
  port: 6000,
  dataDirectory: '/data',
  zookeeper: undefined,
  seed: true,
  host: '0.0.0.0',
  logLevel: 'info',
};
const inherited = {
  PATH: '/bin',
  REPLICAS: '5',
  CLUSTER_TOKEN: 'secret',
  PORT: '80',
  HOST: '10.0.0.1',
  NODE_ID: 'mine',
  DATA_DIR: '/elsewhere',
  ZOOKEEPER: 'other:2181',
  LAUNCHER_TOKEN: 'old',
};

test('a node gets its own identity, directory and zone, and listens on loopback; cluster settings pass through', () => {
  expect(nodeEnvironment(inherited, options, { registryUrl: 'http://r' }, 'node-2')).toEqual({
    PATH: '/bin',
    REPLICAS: '5',
    CLUSTER_TOKEN: 'secret',
    NODE_ID: 'node-2',
    ZONE: 'zone-2',
    DATA_DIR: '/data/node-2',
    HOST: '127.0.0.1',
    PORT: '0',
    REGISTRY_URL: 'http://r',
    LOG_LEVEL: 'info',
    TROLLEY_PARENT: '1',
  });
});

test('with ZooKeeper the nodes of other machines reach this one', () => {
  const withZooKeeper = { ...options, zookeeper: 'zk:2181' };
  const environment = nodeEnvironment(inherited, withZooKeeper, { zookeeper: 'zk:2181' }, 'node-1');
  expect(environment).toMatchObject({ HOST: '0.0.0.0', ZOOKEEPER: 'zk:2181' });
  expect(environment).not.toHaveProperty('REGISTRY_URL');
});

test('a gateway gets its port, the number of nodes to wait for, and the launcher with its secret', () => {
  const launcher = { url: 'http://l', token: 'new' };
  const gateway = { id: 'gateway-2', port: 6001 };
  const environment = gatewayEnvironment(inherited, options, { registryUrl: 'http://r' }, gateway, launcher);
  expect(environment).toMatchObject({
    GATEWAY_ID: 'gateway-2',
    HOST: '0.0.0.0',
    PORT: '6001',
    EXPECTED_NODES: '5',
    LAUNCHER_URL: 'http://l',
    LAUNCHER_TOKEN: 'new',
  });
  expect(environment).not.toHaveProperty('NODE_ID');
  expect(environment).not.toHaveProperty('ZOOKEEPER');
});
