/*
 * A real ZooKeeper for tests, with a short tick so that sessions end soon: started, killed, stopped and
 * started again on one port and one folder. It listens on 127.0.0.1 only and ends with the test process,
 * also when that is killed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** ZooKeeper's unit of time; the shortest session is two of them. */
const TICK_MS = 250;
const START_TIMEOUT_MS = 30_000;
const START_ATTEMPTS = 3;
/** Where Debian's package puts the server; the archive names those it depends on. */
const SERVER_ARCHIVE = '/usr/share/java/zookeeper.jar';

/**
 * Runs the server and tells its process id. The input of this shell ends when the process that started it is
 * gone, however it went; the server is then killed.
 */
const SUPERVISE = `
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
echo "$server"
( cat <&3 >/dev/null; kill -9 "$server" ) &
watcher=$!
wait "$server"
kill "$watcher"
`;

/** A ZooKeeper that a test has to itself. */
export interface ZooKeeperServer {
  /** HOST:PORT, the same across restarts. */
  readonly connect: string;
  readonly port: number;
  readonly dataDir: string;
  /** The shortest session that it grants. */
  readonly sessionTimeoutMs: number;
  /** Starts it again on what it has on disk, and resolves once it serves. */
  start(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Makes it stand still, connections and all, until it is resumed; resolves once it does. */
  suspend(): Promise<void>;
  resume(): void;
  /** Loses all that it has on disk; only while it is not running. */
  wipe(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts a ZooKeeper on a free port, in a folder of its own, and resolves once it serves.
 * @throws Error when Java or ZooKeeper is not installed, with what to install
 */
export async function startZooKeeperServer(): Promise<ZooKeeperServer> {
  requireInstalled();
  const folder = await mkdtemp(path.join(tmpdir(), 'trolley-zookeeper-'));
  for (let attempt = 1; ; attempt += 1) {
    const server = new RealZooKeeperServer(folder, await freePort());
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      // Another process may have taken the port in between.
      if (attempt === START_ATTEMPTS) throw error;
    }
  }
}

function requireInstalled(): void {
  const hasJava = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(path.join(folder, 'java')));
  if (!hasJava || !existsSync(SERVER_ARCHIVE)) {
    throw new Error(
      `These tests need a real ZooKeeper (${SERVER_ARCHIVE}) and Java: apt-get install zookeeper default-jre-headless`,
    );
  }
}

class RealZooKeeperServer implements ZooKeeperServer {
  readonly connect: string;
  readonly port: number;
  readonly dataDir: string;
  readonly sessionTimeoutMs = 2 * TICK_MS;
  readonly #folder: string;
  #running: { readonly shell: ChildProcess; readonly pid: number; readonly ended: Promise<void> } | undefined;

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
    this.connect = `127.0.0.1:${port}`;
    this.dataDir = path.join(folder, 'data');
  }

  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    await mkdir(this.dataDir, { recursive: true });
    const configuration = path.join(this.#folder, 'zoo.cfg');
    await writeFile(configuration, this.#configuration());
    const shell = spawn('/bin/sh', ['-c', SUPERVISE, 'zookeeper', 'java', ...javaArguments(configuration)], {
      stdio: ['pipe', 'pipe', 'ignore'],
      cwd: this.#folder,
    });
    // Its end may be on the way when the input is closed.
    shell.stdin.on('error', () => {});
    const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
    this.#running = { shell, ended, pid: await firstNumber(shell) };
    await this.#serving();
  }

  async kill(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.shell.stdin?.end();
    await running.ended;
  }

  async suspend(): Promise<void> {
    const pid = this.#signal('SIGSTOP');
    while (!(await standsStill(pid))) await delay(1);
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  async wipe(): Promise<void> {
    if (this.#running !== undefined) throw new Error('kill the ZooKeeper before its disk is wiped');
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #signal(signal: NodeJS.Signals): number {
    if (this.#running === undefined) throw new Error('the ZooKeeper is not running');
    process.kill(this.#running.pid, signal);
    return this.#running.pid;
  }

  #configuration(): string {
    return [
      `tickTime=${TICK_MS}`,
      `dataDir=${this.dataDir}`,
      `clientPort=${this.port}`,
      'clientPortAddress=127.0.0.1',
      'maxClientCnxns=0',
      'admin.enableServer=false',
      '4lw.commands.whitelist=srvr',
      '',
    ].join('\n');
  }

  async #serving(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await ask(this.port, 'srvr')).includes('Mode:')) {
      if (this.#running?.shell.exitCode !== null || Date.now() > deadline) {
        throw new Error(`ZooKeeper did not start to serve on port ${this.port}`);
      }
      await delay(25);
    }
  }
}

function javaArguments(configuration: string): string[] {
  return [
    '-Xmx128m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    // What a crash of the process loses is the same; what a loss of power loses is not tested here.
    '-Dzookeeper.forceSync=no',
    '-cp',
    SERVER_ARCHIVE,
    'org.apache.zookeeper.server.quorum.QuorumPeerMain',
    configuration,
  ];
}

async function firstNumber(shell: ChildProcess): Promise<number> {
  return await new Promise((resolve, reject) => {
    shell.once('error', reject);
    shell.stdout?.once('data', (line: Buffer) => resolve(Number(line.toString().split('\n')[0])));
  });
}

/** Whether every thread of the process has been stopped, which the signal does not wait for. */
async function standsStill(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const states = await Promise.all(
    threads.map(async (thread) => await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8')),
  );
  return states.every((state) => /^State:\s+T/m.test(state));
}

/** The answer to one of ZooKeeper's four-letter questions; empty when there is none. */
async function ask(port: number, question: string): Promise<string> {
  return await new Promise((resolve) => {
    let answer = '';
    const socket = connectSocket(port, '127.0.0.1', () => socket.write(question));
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port could be had'));
        else resolve(address.port);
      });
    });
  });
}
