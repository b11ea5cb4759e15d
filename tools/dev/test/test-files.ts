import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sourcesBelow } from '../sources.ts';

const FOLDERS = ['tools', 'images', 'terraform'];

/** Every test file of a project, by its path below the project's folder, in order of path in each folder. */
export function testFiles(root: string): string[] {
  return FOLDERS.map((name) => join(root, name))
    .filter(existsSync)
    .flatMap((folder) =>
      sourcesBelow(folder)
        .filter((path) => path.endsWith('.test.ts'))
        .map((path) => relative(root, path))
        .sort(),
    );
}
