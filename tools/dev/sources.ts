import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that programs fill, perhaps at this very moment. */
const FILLED = ['node_modules', 'target'];

/** The paths of all TypeScript below a folder, but what programs fill. */
export function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return FILLED.includes(entry.name) ? [] : sourcesBelow(path);
    return entry.isFile() && /\.(m?ts|tsx)$/.test(entry.name) ? [path] : [];
  });
}
