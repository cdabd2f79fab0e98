/*
 * What a benchmark runs on, in words.
 */
import { cpus, platform, release, totalmem } from 'node:os';

/** The processors, the memory and the versions of this machine. */
export function machineText(): string {
  const processors = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'an unknown processor';
  return `${processors.length} cores of ${model}, ${memoryGb} GB, ${platform()} ${release()}, Node.js ${process.version}`;
}
