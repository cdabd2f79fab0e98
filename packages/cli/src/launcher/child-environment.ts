/*
 * What the launcher tells a node or a gateway through its environment. Settings of the whole cluster
 * (REPLICAS, CLUSTER_TOKEN, OPERATOR_TOKEN and so on) pass through from the launcher's own environment;
 * those that differ from child to child never do.
 */
import { dataLayout, type LaunchOptions } from './launch-options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = '127.0.0.1';
const NEVER_INHERITED = [
  'ADVERTISED_HOST',
  'DATA_DIR',
  'EXPECTED_NODES',
  'GATEWAY_ID',
  'HOST',
  'LAUNCHER_TOKEN',
  'LAUNCHER_URL',
  'NODE_ID',
  'PORT',
  'REGISTRY_URL',
  'WEIGHT',
  'ZONE',
  'ZOOKEEPER',
] as const;

/** How children find the registry. */
export type RegistryAddress = { readonly zookeeper: string } | { readonly registryUrl: string };

/** The environment of a storage node; each node is a zone of its own, as a machine would be. */
export function nodeEnvironment(
  inherited: Environment,
  options: LaunchOptions,
  registry: RegistryAddress,
  nodeId: string,
): Environment {
  return {
    ...common(inherited, options, registry),
    NODE_ID: nodeId,
    ZONE: nodeId.replace(/^node-/, 'zone-'),
    DATA_DIR: dataLayout(options.dataDirectory).nodeDirectory(nodeId),
    // With the embedded registry the whole cluster is on this machine: nobody else has to reach a node.
    HOST: options.zookeeper === undefined ? LOOPBACK : options.host,
    PORT: '0',
  };
}

/** The address and the secret of the launcher's control API. */
export interface LauncherAddress {
  readonly url: string;
  readonly token: string;
}

/** The environment of a gateway. */
export function gatewayEnvironment(
  inherited: Environment,
  options: LaunchOptions,
  registry: RegistryAddress,
  gateway: { readonly id: string; readonly port: number },
  launcher: LauncherAddress,
): Environment {
  return {
    ...common(inherited, options, registry),
    GATEWAY_ID: gateway.id,
    HOST: options.host,
    PORT: String(gateway.port),
    EXPECTED_NODES: String(options.nodes),
    LAUNCHER_URL: launcher.url,
    LAUNCHER_TOKEN: launcher.token,
  };
}

function common(inherited: Environment, options: LaunchOptions, registry: RegistryAddress): Environment {
  const dropped = new Set<string>(NEVER_INHERITED);
  return {
    ...Object.fromEntries(Object.entries(inherited).filter(([name]) => !dropped.has(name))),
    ...('zookeeper' in registry ? { ZOOKEEPER: registry.zookeeper } : { REGISTRY_URL: registry.registryUrl }),
    LOG_LEVEL: options.logLevel,
    // Children stop by themselves when the channel to their parent closes, however the parent died.
    TROLLEY_PARENT: '1',
  };
}
