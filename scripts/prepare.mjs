/*
 * Makes a clone ready for `npm start` or `npm test`: the right Node.js, the dependencies, for the tests a
 * ZooKeeper, and the built code. Runs before anything is installed, so it uses Node.js alone. Says one line
 * for each thing that it does, and nothing when there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NODE_MINIMUM = [20, 19];
const LOCK_FILE = new URL('../package-lock.json', import.meta.url);
/** Which package-lock.json the folder was installed from. npm ci empties the folder, so it goes with the rest. */
const STAMP_FILE = new URL('../node_modules/.trolley-lock-hash', import.meta.url);
const COMPILER = new URL('../node_modules/typescript/bin/tsc', import.meta.url);
const CONSOLE_BUILDER = new URL('build-console.mjs', import.meta.url);
const ZOOKEEPER_JAR = '/usr/share/java/zookeeper.jar';
const BROWSER = '/usr/bin/chromium';
/** ZooKeeper, what parts its clients from each other, and a browser. */
const TEST_PACKAGES = ['zookeeper', 'default-jre-headless', 'iproute2', 'chromium'];
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

const purpose = process.argv[2];
if (purpose !== 'start' && purpose !== 'test') stop('usage: node scripts/prepare.mjs start|test', 2);
checkNode();
installDependencies();
if (purpose === 'test') installForTests();
build();

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1])) return;
  stop(`Trolley needs Node.js ${NODE_MINIMUM.join('.')} or newer; this is ${process.versions.node}.`);
}

function installDependencies() {
  const wanted = createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex');
  if (existsSync(STAMP_FILE) && readFileSync(STAMP_FILE, 'utf8').trim() === wanted) return;
  say('Installing the dependencies (npm ci) ...');
  // Dependencies that only the tests need are installed too: the compiler is one of them.
  const command = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  if (run('npm', command).status !== 0) stop('npm ci failed; what it said stands above.');
  writeFileSync(STAMP_FILE, `${wanted}\n`);
}

function installForTests() {
  const missing = [];
  if (!existsSync(ZOOKEEPER_JAR)) missing.push('ZooKeeper');
  if (run('java', ['-version'], 'quiet').status !== 0) missing.push('Java');
  if (!['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip', '/bin/ip'].some((file) => existsSync(file)))
    missing.push('iproute2');
  if (!existsSync(BROWSER)) missing.push('Chromium');
  if (missing.length === 0) return;
  const packages = TEST_PACKAGES.join(' ');
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages}`;
  if (process.getuid?.() !== 0 || run('apt-get', ['--version'], 'quiet').status !== 0) {
    const how = process.platform === 'linux' ? `As root on Debian or Ubuntu: ${command}` : 'They run on Debian.';
    stop(
      `The tests run a real ZooKeeper in networks of their own and a real browser, and this machine lacks ${missing.join(' and ')}. ${how}`,
    );
  }
  say(`Installing ${missing.join(' and ')} for the tests (apt-get install ${packages}) ...`);
  aptGet(['update']);
  aptGet(['install', '-y', '--no-install-recommends', ...TEST_PACKAGES]);
}

function aptGet(parameters) {
  const result = run('apt-get', ['-q', ...parameters], 'quiet', { DEBIAN_FRONTEND: 'noninteractive' });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  stop(`apt-get ${parameters[0]} failed; what it said stands above.`);
}

function build() {
  // The compiler finds out by itself what is up to date, in well under a second when everything is. The command
  // line refers to all that a start needs; the tests want everything checked, themselves too.
  const projects = purpose === 'start' ? ['packages/cli'] : [];
  const result = run(process.execPath, [fileURLToPath(COMPILER), '-b', ...projects], 'quiet');
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    stop('The code does not compile (tsc -b); the errors stand above.');
  }
  // It says itself what it does, and what went wrong.
  if (run(process.execPath, [fileURLToPath(CONSOLE_BUILDER)]).status !== 0) process.exit(1);
}

/** Runs a program to its end; `quiet` keeps what it says for the caller. */
function run(program, parameters, output = 'shown', environment = {}) {
  return spawnSync(program, parameters, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
    stdio: output === 'quiet' ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && program === 'npm',
  });
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function stop(text, exitCode = 1) {
  process.stderr.write(`${text}\n`);
  process.exit(exitCode);
}
