import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { FOLDERS } from '../../load/sources.ts';
import { suite } from '../../testing/suite.ts';

const test = suite('the bot that proposes updates');
const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Update {
  'package-ecosystem': string;
  directory?: string;
  directories?: string[];
  schedule?: { interval?: string };
  cooldown?: { 'default-days'?: number };
}

const { updates } = parse(readFileSync(`${root}.github/dependabot.yml`, 'utf8')) as { updates: Update[] };

/** Which manifest belongs to which ecosystem. */
const ECOSYSTEMS: readonly [RegExp, string][] = [
  [/(^|\/)package-lock\.json$/, 'npm'],
  [/(^|\/)Cargo\.lock$/, 'cargo'],
  [/(^|\/)Dockerfile$/, 'docker'],
  [/(^|\/)compose\.ya?ml$/, 'docker-compose'],
  [/\.tf$/, 'terraform'],
];

/** Folders of which nothing is committed, what tests keep for themselves, and the data. */
const APART = ['node_modules', 'out', 'target', '.git', '.ztna', '.local', 'fixtures', ...FOLDERS];

/** Every file below a folder, with slashes. */
function filesBelow(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { withFileTypes: true }).flatMap((one) => {
    const path = `${folder}${one.name}`;
    if (!one.isDirectory()) return [path];
    return APART.includes(one.name) ? [] : filesBelow(`${path}/`);
  });
}

/** Every manifest, as `<ecosystem> <folder>`. */
function manifests(): string[] {
  const found = filesBelow('').flatMap((file) =>
    ECOSYSTEMS.filter(([pattern]) => pattern.test(file)).map(
      ([, ecosystem]) => `${ecosystem} ${dirname(`/${file}`)}`,
    ),
  );
  return [...new Set([...found, 'github-actions /'])];
}

function isCovered(manifest: string): boolean {
  const [ecosystem, folder] = manifest.split(' ') as [string, string];
  return updates
    .filter((one) => one['package-ecosystem'] === ecosystem)
    .flatMap(({ directory, directories = [] }) => (directory ? [directory] : directories))
    .some((pattern) => new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(folder));
}

test('every folder with a manifest is watched', () => {
  assert.ok(manifests().length > 10);
  assert.equal(
    manifests().filter((one) => !isCovered(one)),
    [],
  );
});

test('each is looked at every week, and a release waits before it is proposed', () => {
  for (const one of updates) {
    assert.is(one.schedule?.interval, 'weekly', one['package-ecosystem']);
    assert.ok((one.cooldown?.['default-days'] ?? 0) >= 7, one['package-ecosystem']);
  }
});

test.run();
