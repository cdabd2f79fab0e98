import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findProgram, packagesToInstall } from './debian-program.ts';

test('the packages that are missing are read from a simulated installation', () => {
  const simulation = `NOTE: This is only a simulation!
The following NEW packages will be installed:
  libjemalloc2 redis-server
Inst libjemalloc2 (5.3.0-1 Debian:12.15/oldstable [amd64])
Inst redis-server (5:7.0.15-1 Debian-Security:12/oldstable-security [amd64])
Conf libjemalloc2 (5.3.0-1 Debian:12.15/oldstable [amd64])`;
  expect(packagesToInstall(simulation)).toEqual(['libjemalloc2', 'redis-server']);
  expect(packagesToInstall('E: Unable to locate package no-such')).toEqual([]);
});

test('a program that was unpacked before is found, the newest first, with the libraries beside it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'debian-program-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const version of ['9', '15']) {
    const bin = path.join(folder, 'some-database/usr/lib/some-database', version, 'bin');
    await mkdir(bin, { recursive: true });
    await writeFile(path.join(bin, 'some-databased'), `#!/bin/sh\necho some-database v=${version}.0.3 sha=0:0\n`);
    await chmod(path.join(bin, 'some-databased'), 0o755);
  }
  await mkdir(path.join(folder, 'some-database/usr/lib/x86_64-linux-gnu'));
  const wanted = {
    program: 'some-databased',
    packageName: 'some-database',
    folders: ['usr/lib/some-database/*/bin'],
  };
  expect(await findProgram(wanted, folder)).toEqual({
    file: path.join(folder, 'some-database/usr/lib/some-database/15/bin/some-databased'),
    environment: { LD_LIBRARY_PATH: path.join(folder, 'some-database/usr/lib/x86_64-linux-gnu') },
    version: 'some-database v=15.0.3',
  });
});
