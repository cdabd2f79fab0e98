/*
 * House rules that would otherwise be kept by good intentions: who may import whom, which few files touch
 * clock, chance, disk and network, how a file begins and how long it may be, and that links lead somewhere.
 */
import { builtinModules } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { listOf, property } from './support/json.ts';
import { exists, filesUnder, importsOf, readJson, withoutComments, type SourceFile } from './support/source-tree.ts';

/** Imports point one way: each package and those that it may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  crush: [],
  records: [],
  cluster: ['crush', 'records'],
  dbnode: ['crush', 'records', 'cluster'],
  gateway: ['crush', 'records', 'cluster', 'console'],
  cli: ['crush', 'records', 'cluster', 'dbnode', 'gateway'],
};
const PACKAGES = Object.keys(MAY_IMPORT);

/** These do no I/O, read no clock and draw no random numbers. */
const PURE_PACKAGES = ['crush', 'records'];

/** The only files that touch what a simulation replaces. Each name in a list is a file that does. */
const WRAPPERS: readonly (readonly [what: string, code: RegExp, files: readonly string[]])[] = [
  [
    'the clock or chance',
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\brandom(?:Bytes|UUID|Int)\b/,
    [
      'packages/cli/src/launcher/launcher.ts',
      'packages/cli/src/main.ts',
      'packages/cluster/src/embedded/embedded-registry.ts',
      'packages/cluster/src/system-clock.ts',
      'packages/dbnode/src/machine-environment.ts',
      'packages/gateway/src/main.ts',
    ],
  ],
  [
    'timers',
    /\bset(?:Timeout|Interval|Immediate)\b|'(?:node:)?timers/,
    [
      'packages/cli/src/main.ts',
      'packages/cluster/src/node-client/turns-end.ts',
      'packages/cluster/src/serving/run-service.ts',
      'packages/cluster/src/system-clock.ts',
      'packages/dbnode/src/storage/event-loop.ts',
    ],
  ],
  [
    'files',
    /'node:fs(?:\/promises)?'|'lowdb\/node'/,
    [
      'packages/cli/src/launcher/launcher-lock.ts',
      'packages/cli/src/launcher/launcher.ts',
      'packages/cli/src/launcher/log-file.ts',
      'packages/cli/src/launcher/sample-data.ts',
      'packages/cli/src/shop-file.ts',
      'packages/cluster/src/embedded/map-file.ts',
      'packages/dbnode/src/storage/data-directory-lock.ts',
      'packages/dbnode/src/storage/node-disk.ts',
      'packages/gateway/src/api/docs-page.ts',
      'packages/gateway/src/console-files.ts',
    ],
  ],
  [
    'sockets or processes',
    /'node:(?:net|http|https|dgram|tls|child_process)'|'undici'|'node-zookeeper-client'|\bfetch\(/,
    [
      'packages/cli/src/launcher/http-server.ts',
      'packages/cli/src/launcher/stress-process.ts',
      'packages/cli/src/launcher/supervised-child.ts',
      'packages/cluster/src/embedded/registry-http.ts',
      'packages/cluster/src/embedded/start-server.ts',
      'packages/cluster/src/node-client/http-transport.ts',
      'packages/cluster/src/node-client/open-frame-connection.ts',
      'packages/cluster/src/serving/listen.ts',
      'packages/cluster/src/serving/network-switch.ts',
      'packages/cluster/src/zookeeper/connection-guard.ts',
      'packages/cluster/src/zookeeper/session.ts',
      'packages/dbnode/src/storage/data-directory-lock.ts',
      'packages/gateway/src/launcher-client.ts',
    ],
  ],
];

/** The same for the web pages: what they touch of the browser's clock and of the network. */
const PAGE_WRAPPERS: typeof WRAPPERS = [
  [
    'the clock or timers',
    /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bset(?:Timeout|Interval)\b|\brequestAnimationFrame\b/,
    ['packages/console/src/live/time.ts'],
  ],
  [
    'the network',
    /\bfetch\(|\bEventSource\b|\bWebSocket\b|\bXMLHttpRequest\b/,
    ['packages/console/src/api/send.ts', 'packages/console/src/live/event-stream.ts'],
  ],
];

const LINES_MAX = 400;

const allSources = ['packages', 'tests', 'bench', 'scripts'].flatMap((folder) =>
  filesUnder(folder, '.ts', '.tsx', '.mjs'),
);
const shipped = PACKAGES.flatMap((name) => filesUnder(`packages/${name}/src`, '.ts')).filter(
  (file) => !isForTests(file),
);

test('there is something to look at', () => {
  expect(shipped.length).toBeGreaterThan(150);
  expect(allSources.length).toBeGreaterThan(shipped.length);
});

describe.each(PACKAGES)('package %s', (name) => {
  const allowed = new Set(MAY_IMPORT[name]);
  const files = filesUnder(`packages/${name}/src`, '.ts');

  test('imports only the packages that it may, and says so in its package.json', () => {
    const declared = dependenciesOf(name);
    const shippedImports = files.filter((file) => !isForTests(file)).flatMap(packagesImportedBy);
    expect([...new Set(shippedImports)].filter((other) => !allowed.has(other))).toEqual([]);
    expect([...new Set(shippedImports)].toSorted(byText)).toEqual([...declared].toSorted(byText));
  });

  test('its tests import nothing that it may not, but for what others offer to tests', () => {
    const others = files.filter(isForTests).flatMap(packagesImportedBy);
    expect(others.filter((other) => other !== name && !allowed.has(other))).toEqual([]);
  });

  test('never reaches into another package', () => {
    const home = `packages/${name}/src/`;
    const strays = files.flatMap((file) =>
      relativeTargets(file)
        .filter((target) => !target.startsWith(home))
        .filter((target) => !(isForTests(file) && target.startsWith('tests/support/')))
        .map((target) => `${file.name} -> ${target}`),
    );
    expect(strays).toEqual([]);
  });

  test('refers to the projects that it builds on', () => {
    const references = listOf(readJson(`packages/${name}/tsconfig.json`), 'references').map(({ path: folder }) =>
      path.basename(String(folder)),
    );
    expect(references.filter((other) => !allowed.has(other))).toEqual([]);
    expect(dependenciesOf(name).filter((other) => !references.includes(other))).toEqual([]);
  });

  test('has tests', () => {
    expect(files.filter((file) => file.name.endsWith('.test.ts')).length).toBeGreaterThan(0);
  });
});

describe.each(PURE_PACKAGES)('package %s is pure', (name) => {
  const files = shipped.filter((file) => file.name.startsWith(`packages/${name}/`));

  test('it imports no module of Node.js', () => {
    const found = files.flatMap((file) =>
      importsOf(file)
        .filter(isOfNode)
        .map((module) => `${file.name}: ${module}`),
    );
    expect(found).toEqual([]);
  });

  test('it touches no clock, chance, timer, disk, network or process', () => {
    const impure = /\bprocess\.|\bconsole\.|\bcrypto\.|\bDate\b|\bqueueMicrotask\b/;
    const all = [impure, ...WRAPPERS.map(([, code]) => code)];
    expect(filesWith(files, (text) => all.some((code) => code.test(text)))).toEqual([]);
  });
});

test.each(WRAPPERS)('only the files that wrap it touch %s', (_, code, files) => {
  expect(filesWith(shipped, (text) => code.test(text))).toEqual(files);
});

describe('the web pages', () => {
  const pages = filesUnder('packages/console/src', '.ts', '.tsx').filter((file) => !isForTests(file));

  test('import nothing of the other packages, and no module of Node.js', () => {
    expect(pages.length).toBeGreaterThan(50);
    expect(pages.flatMap(packagesImportedBy)).toEqual([]);
    expect(pages.flatMap(importsOf).filter(isOfNode)).toEqual([]);
  });

  test.each(PAGE_WRAPPERS)('only the files that wrap it touch %s', (_, code, files) => {
    expect(filesWith(pages, (text) => code.test(text))).toEqual(files);
  });
});

describe('every source file', () => {
  test('says first what it is', () => {
    const silent = allSources
      .filter(({ name }) => !name.endsWith('.test.ts'))
      .filter(({ text }) => !opensWithPurpose(text));
    expect(namesOf(silent)).toEqual([]);
  });

  test(`has at most ${LINES_MAX} lines`, () => {
    expect(namesOf(allSources.filter(({ text }) => text.split('\n').length - 1 > LINES_MAX))).toEqual([]);
  });

  test('has a name in kebab-case', () => {
    expect(namesOf(allSources).filter((name) => !isKebab(name))).toEqual([]);
  });

  test('writes its imports in full: ./file.ts, node:module', () => {
    const short = allSources.flatMap((file) =>
      importsOf(file)
        .filter((module) =>
          module.startsWith('.') ? !/\.(?:tsx?|mjs|js|css)$/.test(module) : isUnmarkedOfNode(module),
        )
        .map((module) => `${file.name}: ${module}`),
    );
    expect(short).toEqual([]);
  });

  test('leaves nothing for later', () => {
    const later = new RegExp(['TO', 'DO|FIX', 'ME|XX', 'X\\b'].join(''));
    expect(namesOf(allSources.filter(({ text }) => later.test(text)))).toEqual([]);
  });
});

describe('every document', () => {
  const documents = [...filesUnder('docs', '.md'), ...filesUnder('packages', '.md'), ...filesUnder('.', 'README.md')];
  const unique = [...new Map(documents.map((file) => [file.name, file])).values()];

  test.each(unique)('$name links to what is there', (document) => {
    expect(linksOf(document).filter((link) => !leadsSomewhere(document, link))).toEqual([]);
  });

  test.each(unique)('$name names files that are there', ({ text }) => {
    const named = [...text.matchAll(/`((?:packages|tests|docs|scripts|bench)\/[\w./-]+\.\w+)`/g)].map(
      ([, name = '']) => name,
    );
    expect(named.filter((name) => !exists(name))).toEqual([]);
  });
});

function isForTests({ name }: SourceFile): boolean {
  return name.endsWith('.test.ts') || name.includes('/src/testing/');
}

/** `cluster` for `@trolley/cluster` and what is below it. */
function packagesImportedBy(file: SourceFile): readonly string[] {
  return importsOf(file).flatMap((module) => /^@trolley\/([a-z]+)/.exec(module)?.[1] ?? []);
}

/** The other packages of this repository that a package depends on when it runs. */
function dependenciesOf(name: string): readonly string[] {
  const dependencies = property(readJson(`packages/${name}/package.json`), 'dependencies');
  return Object.keys(Object(dependencies)).flatMap((dependency) => /^@trolley\/(.+)$/.exec(dependency)?.[1] ?? []);
}

function relativeTargets(file: SourceFile): readonly string[] {
  return importsOf(file)
    .filter((module) => module.startsWith('.'))
    .map((module) => path.posix.join(path.posix.dirname(file.name), module));
}

function isOfNode(module: string): boolean {
  return module.startsWith('node:') || isUnmarkedOfNode(module);
}

function isUnmarkedOfNode(module: string): boolean {
  return builtinModules.includes(module);
}

function filesWith(files: readonly SourceFile[], has: (code: string) => boolean): readonly string[] {
  return namesOf(files.filter(({ text }) => has(withoutComments(text))));
}

function namesOf(files: readonly SourceFile[]): readonly string[] {
  return files.map(({ name }) => name).toSorted(byText);
}

function opensWithPurpose(text: string): boolean {
  return /^(?:#![^\n]*\n)?(?:\/\*\n \* |\/\/ )[^\n]{10,}\n/.test(text);
}

function isKebab(name: string): boolean {
  return /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.config)?\.(?:tsx?|mjs)$/.test(path.basename(name));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Links to something in this repository. */
function linksOf({ text }: SourceFile): readonly string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(document: SourceFile, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? document.name : path.posix.join(path.posix.dirname(document.name), decodeURI(file));
  if (!exists(target)) return false;
  if (anchor === undefined) return true;
  const [linked] = file === '' ? [document] : filesUnder(path.posix.dirname(target), path.posix.basename(target));
  return linked !== undefined && headingsOf(linked).includes(anchor);
}

/** The anchors of a document's headings, as GitHub makes them. */
function headingsOf({ text }: SourceFile): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
