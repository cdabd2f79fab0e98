/*
 * The parts of the storage benchmark in their order: fill, write to few and to many in turn, checkpoint, a whole
 * cycle from one checkpoint to the end of the next, start after a clean stop and after a kill.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { StorageOptions } from './options.ts';
import { Subject } from './subject.ts';
import type { CheckpointFigures, MemoryFigures, Opened, WriteFigures } from './subject-messages.ts';

/** What measuring needs besides its options. */
export interface Bench {
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
  readonly onStep: (text: string) => void;
}

/** One part on the engine with few carts, then on the one with many. */
export interface WritePair {
  readonly few: WriteFigures;
  readonly many: WriteFigures;
}

/** All figures. */
export interface StorageResult {
  readonly fill: WriteFigures;
  readonly changes: readonly WritePair[];
  readonly merges: readonly WritePair[];
  readonly quietCheckpoints: readonly CheckpointFigures[];
  readonly busyCheckpoints: readonly CheckpointFigures[];
  /** From the end of one checkpoint to the end of the next that comes by itself. */
  readonly cycle: WritePair;
  readonly starts: readonly (Opened & { readonly settled: MemoryFigures })[];
  /** With what the journal held when the process was killed just before a checkpoint was due. */
  readonly startAfterKill: Opened;
}

/** Measures everything in a folder of its own, which is removed. */
export async function measureStorage(options: StorageOptions, bench: Bench): Promise<StorageResult> {
  const folder = await mkdtemp(path.join(bench.scratchFolder, 'storage-'));
  try {
    return await measureIn(folder, options, bench);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureIn(
  folder: string,
  { carts, fewCarts, lines, writes, concurrent, rounds }: StorageOptions,
  { signal, onStep }: Bench,
): Promise<StorageResult> {
  const manyFolder = path.join(folder, 'many');
  const starting = async (name: string): Promise<Subject> => Subject.start(path.join(folder, name), signal);
  onStep(`filling two engines with ${fewCarts} and ${carts} carts`);
  const few = await starting('few');
  await few.ask({ type: 'fill', carts: fewCarts, lines });
  const filling = await starting('many');
  const fill = await filling.ask({ type: 'fill', carts, lines });
  await filling.close();

  const starts: (Opened & { settled: MemoryFigures })[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    onStep(`start ${round} of ${rounds}`);
    const started = await Subject.start(manyFolder, signal);
    starts.push({ ...started.opened, settled: await started.ask({ type: 'memory' }) });
    await started.kill();
  }

  const many = await starting('many');
  const inTurn = async (type: 'change' | 'merge'): Promise<WritePair> => {
    const part = (of: number) =>
      type === 'change'
        ? ({ type, carts: of, concurrent, until: { writes } } as const)
        : ({ type, carts: of, concurrent, writes } as const);
    return { few: await few.ask(part(fewCarts)), many: await many.ask(part(carts)) };
  };
  onStep('warming up');
  await inTurn('change');
  const changes: WritePair[] = [];
  const merges: WritePair[] = [];
  const quietCheckpoints: CheckpointFigures[] = [];
  const busyCheckpoints: CheckpointFigures[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    onStep(`writes and checkpoints, round ${round} of ${rounds}`);
    changes.push(await inTurn('change'));
    merges.push(await inTurn('merge'));
    quietCheckpoints.push(await many.ask({ type: 'checkpoint', carts, concurrent: 0 }));
    busyCheckpoints.push(await many.ask({ type: 'checkpoint', carts, concurrent }));
  }
  onStep('from one checkpoint to the end of the next');
  const until = { checkpoints: 1 };
  const cycle: WritePair = {
    few: await few.ask({ type: 'change', carts: fewCarts, concurrent, until }),
    many: await many.ask({ type: 'change', carts, concurrent, until }),
  };
  const almost = Math.floor(cycle.many.writes * 0.75);
  await many.ask({ type: 'change', carts, concurrent, until: { writes: almost } });
  await many.kill();
  await few.kill();
  onStep('start after a kill');
  const killed = await Subject.start(manyFolder, signal);
  await killed.kill();
  return { fill, changes, merges, quietCheckpoints, busyCheckpoints, cycle, starts, startAfterKill: killed.opened };
}
