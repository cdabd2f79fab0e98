/*
 * The course of the benchmark of scale: clusters of several shapes, one after the other, under the same loads; then
 * gateways of simulated clusters.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { LoadGenerator } from '../load/load-generator.ts';
import { measurePart, type PartResult } from '../measure/part.ts';
import type { Shape } from '../system/trolley.ts';
import { trolleySystem } from '../system/trolley-system.ts';
import { verifySystem } from '../verify-system.ts';
import { requestsFiles } from '../requests-files.ts';
import type { Mix } from '../workload.ts';
import { measureLargeGateway, type LargeGatewayFigures } from './large-gateway.ts';
import { measureLargeRegistry, type LargeRegistryFigures } from './large-registry.ts';
import type { ScaleOptions } from './options.ts';

/** What a benchmark runs with. */
export interface ScaleEnvironment {
  readonly generator: LoadGenerator;
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
  readonly onStep: (text: string) => void;
}

/** One load on one shape. */
export interface ScalePart {
  readonly shape: Shape;
  readonly part: PartResult;
}

/** What a benchmark brought. */
export interface ScaleResult {
  readonly parts: readonly ScalePart[];
  readonly gateways: readonly LargeGatewayFigures[];
  readonly registries: readonly LargeRegistryFigures[];
  readonly complaints: readonly string[];
}

/** More gateways on three nodes, more nodes behind one gateway. */
const SHAPES: readonly Shape[] = [
  { gateways: 1, nodes: 3 },
  { gateways: 2, nodes: 3 },
  { gateways: 3, nodes: 3 },
  { gateways: 1, nodes: 6 },
  { gateways: 1, nodes: 9 },
];
const MIXES_MEASURED: readonly Mix[] = ['post', 'get'];
/** With fewer connections less is put together, which tells what a message costs. */
const CONNECTIONS = [64, 8];
const WARM_UP_SECONDS = 1;
const FIRST_WARM_UP_SECONDS = 3;
const SIMULATED_GROUPS = 4_096;
const SIMULATED_SECONDS = 5;

/** Runs the benchmark. @throws when it cannot be run to its end; nothing of it is left over then either */
export async function runScaleBenchmark(options: ScaleOptions, environment: ScaleEnvironment): Promise<ScaleResult> {
  const { scratchFolder, signal, onStep } = environment;
  const parts: ScalePart[] = [];
  const complaints: string[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const shape of SHAPES) {
      signal.throwIfAborted();
      onStep(`round ${round} of ${options.rounds}: ${shape.gateways} gateways, ${shape.nodes} nodes`);
      await mkdir(scratchFolder, { recursive: true });
      const folder = await mkdtemp(path.join(scratchFolder, 'data-'));
      try {
        const measured = await measureShape(shape, round, { options, environment, folder });
        parts.push(...measured.parts.map((part) => ({ shape, part })));
        complaints.push(...measured.complaints);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }
  return { parts, complaints, ...(await measureSimulated(options, environment)) };
}

async function measureSimulated(
  { simulated }: ScaleOptions,
  { scratchFolder, signal, onStep }: ScaleEnvironment,
): Promise<Pick<ScaleResult, 'gateways' | 'registries'>> {
  const folder = await mkdtemp(path.join(scratchFolder, 'data-'));
  const gateways: LargeGatewayFigures[] = [];
  const registries: LargeRegistryFigures[] = [];
  try {
    for (const nodes of simulated) {
      onStep(`${nodes} nodes that are only registered: a gateway, the embedded registry`);
      const gateway = { nodes, pgCount: SIMULATED_GROUPS, seconds: SIMULATED_SECONDS };
      gateways.push(await measureLargeGateway(gateway, signal));
      registries.push(await measureLargeRegistry({ nodes, seconds: SIMULATED_SECONDS, folder }, signal));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { gateways, registries };
}

interface Course {
  readonly options: ScaleOptions;
  readonly environment: ScaleEnvironment;
  readonly folder: string;
}

async function measureShape(
  shape: Shape,
  round: number,
  { options, environment, folder }: Course,
): Promise<{ readonly parts: readonly PartResult[]; readonly complaints: readonly string[] }> {
  const { generator, signal } = environment;
  const system = await trolleySystem(folder, signal, shape);
  try {
    await system.fill();
    const files = await requestsFiles(folder);
    const parts: PartResult[] = [];
    for (const mix of MIXES_MEASURED) {
      for (const connections of CONNECTIONS) {
        const key = { system: system.name, mix, connections, round, rate: undefined };
        const warmUpSeconds = parts.length === 0 ? FIRST_WARM_UP_SECONDS : WARM_UP_SECONDS;
        const how = { generator, requestsFile: files[mix], seconds: options.seconds, warmUpSeconds, signal };
        parts.push(await measurePart(system, key, how));
      }
    }
    const { complaints } = await verifySystem(system, parts, signal, { sampleAdditions: 0 });
    return { parts, complaints };
  } finally {
    await system.stop();
  }
}
