import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A small repository with a file of every kind: the examples of the reference. */
export const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));

/** The first file of a kind among the examples, with the line that tells editors its schema. */
export function example(kind: string, path: string): string {
  const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`);
  const file = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .sort()
    .find((name) => pattern.test(name));
  if (!file) throw new Error(`no example of ${path}: add one below tools/dev/generate/examples/`);
  const up = '../'.repeat(file.split('/').length - 1);
  const text = readFileSync(join(EXAMPLES, file), 'utf8').trimEnd();
  return `\`\`\`yaml\n# yaml-language-server: $schema=${up}schemas/${kind}.schema.json\n# ${file}\n${text}\n\`\`\``;
}
