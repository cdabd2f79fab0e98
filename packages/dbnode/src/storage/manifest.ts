/*
 * checkpoint.json: which placement group files make up the last checkpoint, and from which journal
 * segment to go on. A start that finds less than it lists knows that something was lost.
 */
import { z } from 'zod';
import { UnsupportedFormatError } from './errors.ts';

const MANIFEST_FORMAT = 1;

const manifestSchema = z.object({
  format: z.literal(MANIFEST_FORMAT),
  /** Repeated here so that the id survives the loss of node.json. */
  nodeId: z.string(),
  checkpoint: z.int().min(0),
  /** When it was begun, in wall-clock milliseconds: what was durable then is in it. 0: not known. */
  atMs: z.int().min(0).default(0),
  /** The journal is to be replayed from this segment on. */
  firstSegment: z.int().min(1),
  pgCount: z.int().min(1),
  /** For each placement group with a file: the checkpoint that wrote it, and its number of records. */
  groups: z.array(z.tuple([z.int().min(0), z.int().min(1), z.int().min(0)])),
});

/** The contents of checkpoint.json. */
export type Manifest = Omit<z.infer<typeof manifestSchema>, 'format'>;

/** The form that is stored. */
export function manifestFile(manifest: Manifest): object {
  return { format: MANIFEST_FORMAT, ...manifest };
}

/** @throws UnsupportedFormatError when the contents, whose checksum is right, are of another version. */
export function parseManifest(value: unknown): Manifest {
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    throw new UnsupportedFormatError(
      `checkpoint.json is not of a form that this version reads: ${parsed.error.message}`,
    );
  }
  const { format: _, ...manifest } = parsed.data;
  return manifest;
}
