/*
 * A network of its own for a test: a namespace with a router, and around it one for each place, each joined to the
 * router by a veth pair. Nothing of it is seen outside, and nothing stays: namespaces live as long as the processes in
 * them, and those end with the test process, also when that is killed. Needs `unshare` and `nsenter` (util-linux) and
 * `ip` (iproute2); works as root, else where users may make namespaces.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);
const START_TIMEOUT_MS = 10_000;
/** Set aside for the tests of networks (RFC 2544): no machine reaches anything else by it. */
const PREFIX = '198.18';

/** A place in the network. */
interface Place {
  readonly address: string;
  readonly subnet: string;
  /** What stands before a command that is to run there. */
  readonly command: readonly string[];
}

/** A router and the places around it. */
export interface NamespaceNetwork<Name extends string> {
  readonly isRoot: boolean;
  readonly router: Pick<Place, 'command'>;
  readonly places: Readonly<Record<Name, Place>>;
  /** Drops, silently and both ways, what goes between two places. */
  drop(one: Name, other: Name): Promise<void>;
  /** Lets it pass again. */
  pass(one: Name, other: Name): Promise<void>;
  /** Whether the machines of a place have sent something that has not got to where it should. */
  isSending(name: Name): Promise<boolean>;
  close(): Promise<void>;
}

/** Makes the network. @throws Error when this machine, or this user, cannot */
export async function createNamespaceNetwork<const Name extends string>(
  names: readonly Name[],
): Promise<NamespaceNetwork<Name>> {
  const isRoot = process.getuid?.() === 0;
  const anchors: ChildProcess[] = [];
  const close = async () => {
    await Promise.all(anchors.map(endAnchor));
  };
  try {
    const own = isRoot ? [] : ['--user', '--map-root-user'];
    const enter = isRoot ? [] : ['--user', '--preserve-credentials'];
    const anchorIn = async (command: readonly string[]) => {
      const anchor = await startAnchor(command);
      anchors.push(anchor);
      return { pid: String(anchor.pid), command: ['nsenter', '--target', String(anchor.pid), '--net', ...enter] };
    };
    const router = await anchorIn(['unshare', ...own, '--net']);
    await shell(router, 'ip link set lo up; echo 1 > /proc/sys/net/ipv4/ip_forward');
    const places = new Map<Name, Place>();
    for (const [index, name] of names.entries()) {
      const place = await anchorIn([...router.command, 'unshare', '--net']);
      const subnet = `${PREFIX}.${index + 1}`;
      await shell(
        router,
        `ip link add place${index} type veth peer name uplink netns ${place.pid}
         ip address add ${subnet}.1/24 dev place${index}
         ip link set place${index} up`,
      );
      await shell(
        place,
        `ip link set lo up
         ip address add ${subnet}.2/24 dev uplink
         ip link set uplink up
         ip route add default via ${subnet}.1`,
      );
      places.set(name, { address: `${subnet}.2`, subnet: `${subnet}.0/24`, command: place.command });
    }
    const placeOf = (name: Name): Place => {
      const place = places.get(name);
      if (place === undefined) throw new Error(`there is no place ${name}`);
      return place;
    };
    // A rule, where a firewall would do as well: it needs no further program. What a router may not pass on it drops.
    const rule = async (verb: 'add' | 'del', one: Name, other: Name) => {
      const [a, b] = [placeOf(one).subnet, placeOf(other).subnet];
      await shell(router, `ip rule ${verb} from ${a} to ${b} blackhole; ip rule ${verb} from ${b} to ${a} blackhole`);
    };
    return {
      isRoot,
      router,
      places: Object.fromEntries(places) as Record<Name, Place>,
      drop: async (one, other) => rule('add', one, other),
      pass: async (one, other) => rule('del', one, other),
      isSending: async (name) => {
        const table = await shell(placeOf(name), 'cat /proc/net/tcp');
        // Of each socket: its number, both addresses, its state, and the bytes in its queues, those to send first.
        return /^ *\d+: \S+ \S+ \S+ (?!00000000)/m.test(table);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A process that keeps a namespace alive until its input ends, which it does when this process is gone. */
async function startAnchor(command: readonly string[]): Promise<ChildProcess> {
  const [program = '', ...words] = command;
  const child = spawn(program, [...words, 'cat'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`no network namespace could be made: ${stderr.trim()}`));
    const timer = setTimeout(fail, START_TIMEOUT_MS);
    child.once('error', reject);
    child.stdin.on('error', fail);
    child.once('close', fail);
    // It answers once it runs, in its namespace then.
    child.stdout.once('data', () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdin.write('\n');
  });
  return child;
}

async function endAnchor(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}

async function shell({ command: [program = '', ...words] }: Pick<Place, 'command'>, script: string): Promise<string> {
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  const { stdout } = await run(program, [...words, 'sh', '-ec', script], { env });
  return stdout;
}
