/*
 * The files of this repository, for tests that hold its house rules. Reads only.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
/** Folders that hold nothing written by hand. */
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.trolley', 'coverage', 'results']);

/** A file, named from the root of the repository. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** All files under a folder whose names end in one of these. */
export function filesUnder(folder: string, ...endings: readonly string[]): readonly SourceFile[] {
  return namesUnder(folder)
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));
}

/** Whether the repository has a file or folder of this name. */
export function exists(name: string): boolean {
  return existsSync(path.join(root, name));
}

/** A JSON file. */
export function readJson(name: string): unknown {
  return JSON.parse(readFileSync(path.join(root, name), 'utf8'));
}

/** The code without its comments. */
export function withoutComments(text: string): string {
  const stringOrComment = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return text.replaceAll(stringOrComment, (found) => (/^\/[*/]/.test(found) ? '' : found));
}

/** The modules that a file imports or exports from, however it does so. */
export function importsOf({ text }: SourceFile): readonly string[] {
  const statements = /\b(?:from|import|import\(|import\.meta\.resolve\()\s*'([^'\n]+)'/g;
  return [...withoutComments(text).matchAll(statements)].map(([, module = '']) => module);
}

function namesUnder(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (NOT_OURS.has(entry.name)) return [];
    return entry.isDirectory() ? namesUnder(name) : [name];
  });
}
