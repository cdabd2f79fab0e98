/*
 * cluster-map.json: the newest cluster map that the registry has told this node, for gateways to put back when the
 * registry has lost it. A directory of an earlier version has none, and neither has one that was never told of a map.
 */
import { z } from 'zod';
import { ClusterMapError, parseClusterMap, type ClusterMap } from '@trolley/crush';
import type { Disk } from './disk.ts';
import { UnsupportedFormatError } from './errors.ts';
import { writeSealedFile } from './sealed-file.ts';

const CLUSTER_MAP_FORMAT = 1;

const fileSchema = z.object({ format: z.literal(CLUSTER_MAP_FORMAT), map: z.unknown() });

/** Replaces the file, durably. @throws what the disk throws. */
export async function writeClusterMap(disk: Disk, path: string, map: ClusterMap): Promise<void> {
  await writeSealedFile(disk, path, { format: CLUSTER_MAP_FORMAT, map });
}

/** @throws UnsupportedFormatError when the contents, whose checksum is right, are of another version. */
export function parseClusterMapFile(value: unknown): ClusterMap {
  try {
    return parseClusterMap(fileSchema.parse(value).map);
  } catch (error) {
    if (!(error instanceof z.ZodError) && !(error instanceof ClusterMapError)) throw error;
    throw new UnsupportedFormatError(`cluster-map.json is not of a form that this version reads: ${error.message}`);
  }
}
