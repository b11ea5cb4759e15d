/**
 * Writes openapi.json: the operations in use, from GitHub's published OpenAPI description. The package that
 * carries it has 385 MB, so it is no dependency of the project; install it elsewhere and name its folder:
 *
 *     npm install --prefix /tmp/openapi --ignore-scripts @octokit/openapi
 *     node --import tsx tools/github/testing/openapi/extract.ts /tmp/openapi/node_modules/@octokit/openapi
 *
 * With `--compare` it writes nothing, and fails where the committed file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { extractOf, type Extract } from './openapi-extract.ts';
import { OPERATIONS } from '../operations.ts';

const file = fileURLToPath(new URL('../openapi.json', import.meta.url));

const folder = process.argv.slice(2).find((word) => !word.startsWith('--'));
if (folder === undefined) {
  console.error(
    'name the folder of the package @octokit/openapi; how to install it is at the top of this file',
  );
  process.exitCode = 2;
} else {
  const text = await extractIn(folder);
  if (!process.argv.includes('--compare')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    for (const line of differing(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(text)))
      console.error(line);
    process.exitCode = 1;
  }
}

/** The extract as it is committed. */
async function extractIn(folder: string): Promise<string> {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const { name, version } = read('package.json');
  const document = read('generated/api.github.com.json');
  const extract = extractOf(document, OPERATIONS, `${name} ${version}`);
  const options = await prettier.resolveConfig(file);
  return prettier.format(JSON.stringify(extract), { ...options, parser: 'json' });
}

/** What differs between two extracts, an operation or a schema a line. */
function differing(committed: Extract, fresh: Extract): string[] {
  const parts = ({ source, operations, schemas }: Extract): Map<string, string> =>
    new Map([
      ['source', source],
      ...operations.map((one) => [`operation ${one.id}`, JSON.stringify(one)] as const),
      ...Object.entries(schemas).map(([name, one]) => [`schema ${name}`, JSON.stringify(one)] as const),
    ]);
  const [was, is] = [parts(committed), parts(fresh)];
  const names = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
  return names.map((name) => {
    const what = !is.has(name) ? 'is gone' : was.has(name) ? 'has changed' : 'is new';
    return `${name} ${what}: look at it, then run this without --compare`;
  });
}
