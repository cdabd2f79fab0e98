/*
 * `trolley up`: starts a whole cluster on one machine and holds it until it is told to stop. What was
 * started is ended in the opposite order, however far the start had come: gateways, nodes, registry.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { GATEWAY_FLAGS, NODE_FLAGS, type Clock } from '@trolley/cluster';
import type { CommandContext } from '../command-context.ts';
import { CommandFailure, EXIT_OK, messageOf } from '../failure.ts';
import type { ClusterAnswer } from '../gateway-answers.ts';
import { createGatewayClient, type GatewayClient } from '../gateway-client.ts';
import { awaitReady } from './await-ready.ts';
import {
  gatewayEnvironment,
  nodeEnvironment,
  type Environment,
  type LauncherAddress,
  type RegistryAddress,
} from './child-environment.ts';
import { commandText } from './command-text.ts';
import { createControlApp } from './control-app.ts';
import { chooseGatewayPorts } from './gateway-ports.ts';
import { serveLocally } from './http-server.ts';
import { dataLayout, nodeIds, type DataLayout, type LaunchOptions } from './launch-options.ts';
import { takeLauncherLock, type LauncherLock } from './launcher-lock.ts';
import { createNodeControl, STOP_GRACE_MS } from './node-control.ts';
import { seedFirstStart } from './sample-data.ts';
import type { RunningRegistry } from './start-registry.ts';
import { stressStarter } from './stress-process.ts';
import { StressRunner } from './stress-runner.ts';
import { exitText, SupervisedChild, type ChildExit, type ChildSpecification } from './supervised-child.ts';
import { TroublePrinter } from './trouble-printer.ts';

export interface LauncherParts {
  readonly options: LaunchOptions;
  readonly context: CommandContext;
  /** The scripts that the children run; `command` is that of `trolley` itself. */
  readonly mains: { readonly node: string; readonly gateway: string; readonly command: string };
  readonly startRegistry: (options: LaunchOptions, clock: Clock) => Promise<RunningRegistry>;
  /** Called once the cluster serves. */
  readonly onReady: (facts: LaunchedCluster) => void;
}

/** A cluster that serves. */
export interface LaunchedCluster {
  readonly gatewayUrls: readonly string[];
  readonly cluster: ClusterAnswer;
  readonly pids: ReadonlyMap<string, number>;
  readonly seeded: string | undefined;
}

/** Runs a cluster until a signal. @returns the exit code. @throws CommandFailure when the cluster cannot be started. */
export async function runLauncher(parts: LauncherParts): Promise<number> {
  const launcher = new Launcher(parts);
  const forget = parts.context.onStopSignal((signal) => launcher.onStopSignal(signal));
  try {
    await launcher.start();
    await launcher.stopRequested;
  } finally {
    await launcher.end();
    forget();
  }
  parts.context.terminal.notice(`Stopped. The data stays in ${parts.options.dataDirectory}.`);
  return EXIT_OK;
}

class Launcher {
  readonly #parts: LauncherParts;
  readonly #layout: DataLayout;
  readonly #nodes = new Map<string, SupervisedChild>();
  readonly #gateways = new Map<string, SupervisedChild>();
  readonly #troubles: TroublePrinter;
  readonly #stop = new AbortController();
  readonly #hurry = new AbortController();
  /** How to end what was started, in the order of starting. */
  readonly #endings: (() => Promise<void>)[] = [];
  #lock: LauncherLock | undefined;
  #startFailure: CommandFailure | undefined;
  #ready = false;
  #gatewayUrl: string | undefined;
  #stress: StressRunner | undefined;

  /** Resolves when the cluster is to stop. */
  readonly stopRequested: Promise<void>;

  constructor(parts: LauncherParts) {
    this.#parts = parts;
    this.#layout = dataLayout(parts.options.dataDirectory);
    this.#troubles = new TroublePrinter(parts.context.terminal, parts.context.clock, (name) =>
      this.#layout.logFile(name),
    );
    this.stopRequested = new Promise((resolve) => {
      this.#stop.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** The first signal stops in order, the second at once. */
  onStopSignal(signal: NodeJS.Signals): void {
    const { terminal } = this.#parts.context;
    if (this.#stop.signal.aborted) {
      terminal.notice(`${signal} again: ending everything at once.`);
      this.#hurry.abort();
      return;
    }
    terminal.progressDone();
    terminal.notice(`${signal}: stopping. Once more ends everything at once.`);
    this.#stop.abort();
  }

  /** Starts everything and waits until it serves, or until a signal. @throws CommandFailure */
  async start(): Promise<void> {
    const { options, context } = this.#parts;
    await this.#makeDataDirectory();
    const address = await this.#serveControl();
    const gateways = await chooseGatewayPorts(options);
    const urls = gateways.map((gateway) => localUrl(options.host, gateway.port));
    // Only now: with --port 0 the port is known from here on.
    void this.#lock?.note({ shopUrl: urls.join(' ') });
    const registry = await this.#openRegistry();
    const environment = context.environment;
    this.#endings.push(
      () => this.#stopChildren(this.#nodes),
      () => this.#stopChildren(this.#gateways),
      // It needs the others to remove its items.
      async () => this.#stress?.close(this.#hurry.signal),
    );
    for (const id of nodeIds(options.nodes)) {
      const program = { main: this.#parts.mains.node, flags: NODE_FLAGS };
      await this.#startChild(this.#nodes, id, program, nodeEnvironment(environment, options, registry, id));
    }
    for (const gateway of gateways) {
      const program = { main: this.#parts.mains.gateway, flags: GATEWAY_FLAGS };
      const told = gatewayEnvironment(environment, options, registry, gateway, address);
      await this.#startChild(this.#gateways, gateway.id, program, told);
    }
    await this.#untilServing(urls.map((url) => createGatewayClient(url, context.fetch, undefined)));
  }

  /** Ends what was started. Never throws. */
  async end(): Promise<void> {
    this.#stop.abort();
    for (const end of this.#endings.toReversed()) {
      try {
        await end();
      } catch (error) {
        this.#parts.context.terminal.notice(`While stopping: ${messageOf(error)}`);
      }
    }
  }

  async #makeDataDirectory(): Promise<void> {
    try {
      await mkdir(this.#layout.logsDirectory, { recursive: true });
    } catch (error) {
      throw new CommandFailure(
        `Cannot make the data directory ${this.#parts.options.dataDirectory}: ${messageOf(error)}.`,
        'Choose one that this user may write to with --data.',
      );
    }
  }

  async #serveControl(): Promise<LauncherAddress> {
    const { options, context } = this.#parts;
    const token = randomBytes(24).toString('base64url');
    const launcherId = randomBytes(12).toString('base64url');
    const stress = new StressRunner({
      ...context,
      start: stressStarter(this.#parts.mains.command, context.environment),
      gatewayUrl: () => (this.#ready ? this.#gatewayUrl : undefined),
    });
    this.#stress = stress;
    const app = createControlApp({
      control: createNodeControl(this.#nodes, this.#stop.signal, (node, command) => {
        const text = commandText(node, command);
        if (text !== undefined) context.terminal.notice(text);
      }),
      stress,
      token,
      launcherId,
      onUnexpected: (error) => context.terminal.notice(`The launcher failed on a call: ${messageOf(error)}`),
    });
    const server = await serveLocally(app);
    this.#endings.push(() => server.close());
    const owner = {
      launcherId,
      pid: process.pid,
      controlUrl: server.url,
      shopUrl: localUrl(options.host, options.port),
      children: [],
    };
    const lock = await takeLauncherLock(this.#layout.lockFile, owner, context);
    this.#endings.push(() => lock.release());
    this.#lock = lock;
    return { url: server.url, token };
  }

  async #openRegistry(): Promise<RegistryAddress> {
    const { options, context, startRegistry } = this.#parts;
    if (options.zookeeper !== undefined) return { zookeeper: options.zookeeper };
    const registry = await startRegistry(options, context.clock);
    this.#endings.push(() => registry.close());
    return { registryUrl: registry.url };
  }

  async #startChild(
    group: Map<string, SupervisedChild>,
    name: string,
    program: Pick<ChildSpecification, 'main' | 'flags'>,
    environment: Environment,
  ): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const specification = { name, ...program, environment, logFile: this.#layout.logFile(name) };
    const child = new SupervisedChild(specification, this.#parts.context.clock, {
      onStart: () => this.#onStart(name),
      onExit: (exit) => this.#onExit(exit),
      onTrouble: (childName, trouble) => this.#troubles.print(childName, trouble),
    });
    group.set(name, child);
    await child.start();
  }

  async #untilServing(gateways: readonly GatewayClient[]): Promise<void> {
    const { options, context, onReady } = this.#parts;
    const cluster = await awaitReady({
      gateways,
      nodeIds: [...this.#nodes.keys()],
      clock: context.clock,
      signal: this.#stop.signal,
      onWaiting: (what) => context.terminal.progress(`Starting, waiting for ${what} ...`),
    });
    context.terminal.progressDone();
    if (this.#startFailure !== undefined) throw this.#startFailure;
    const [first] = gateways;
    if (cluster === undefined || first === undefined) return;
    const seeded = options.seed ? await seedFirstStart(context, first, this.#layout.seededMarker) : undefined;
    if (this.#startFailure !== undefined) throw this.#startFailure;
    if (this.#stop.signal.aborted) return;
    this.#gatewayUrl = first.url;
    this.#ready = true;
    onReady({ gatewayUrls: gateways.map((gateway) => gateway.url), cluster, pids: this.#pids(this.#nodes), seeded });
  }

  #onStart(name: string): void {
    const pids = [...this.#pids(this.#nodes).values(), ...this.#pids(this.#gateways).values()];
    void this.#lock?.note({ children: pids });
    if (this.#ready) this.#parts.context.terminal.notice(`${name} was started again.`);
  }

  #onExit(exit: ChildExit): void {
    if (this.#stop.signal.aborted) return;
    if (this.#ready) {
      this.#parts.context.terminal.notice(this.#endText(exit));
      return;
    }
    const because = exit.lastError === undefined ? '.' : `: ${exit.lastError}`;
    const message = `${exit.name} ${exitText(exit)} while the cluster was starting${because}`;
    this.#startFailure = new CommandFailure(message, `Its log is ${this.#layout.logFile(exit.name)}.`);
    this.#stop.abort();
  }

  #endText(exit: ChildExit): string {
    const { name, requested, signal, lastError } = exit;
    const restart = `\`trolley restart ${name}\` starts it again.`;
    if (requested) return signal === 'SIGKILL' ? `${name} was killed, as asked. ${restart}` : `${name} was stopped.`;
    const why = lastError === undefined ? '' : ` Its last error: ${lastError}`;
    const remedy = this.#nodes.has(name) ? restart : 'Stop and start `trolley up` to have it back.';
    return `${name} ${exitText(exit)}.${why} ${remedy}`;
  }

  async #stopChildren(group: ReadonlyMap<string, SupervisedChild>): Promise<void> {
    await Promise.all([...group.values()].map((child) => child.stop(STOP_GRACE_MS, this.#hurry.signal)));
  }

  #pids(group: ReadonlyMap<string, SupervisedChild>): Map<string, number> {
    const pids = new Map<string, number>();
    for (const { name, pid } of group.values()) if (pid !== undefined) pids.set(name, pid);
    return pids;
  }
}

/** The URL at which this machine reaches what listens on the host. */
function localUrl(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
