import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { RepositoryValues } from './repository.ts';

/** The files that hold a world: path below the repository's root to text. */
export function filesOf(world: RepositoryValues): Map<string, string> {
  const files = new Map<string, string>();
  const add = (path: string, kind: string, value: unknown): void => {
    const up = '../'.repeat(path.split('/').length - 1);
    files.set(
      path,
      `# yaml-language-server: $schema=${up}schemas/${kind}.schema.json\n${stringify(value, { aliasDuplicateObjects: false, version: '1.1' })}`,
    );
  };
  for (const value of world.services ?? []) add(`policies/services/${value.id}.yaml`, 'service', value);
  for (const value of world.groups ?? []) add(`policies/groups/${value.id}.yaml`, 'group', value);
  for (const value of world.policies ?? []) add(`policies/access/${value.id}.yaml`, 'policy', value);
  for (const value of world.tests ?? []) add(`policies/tests/${value.id}.yaml`, 'access-test', value);
  if (world.guardrails) add('policies/guardrails.yaml', 'guardrails', world.guardrails);
  if (world.revoked) add('policies/revoked.yaml', 'revoked', world.revoked);
  for (const { connectors = [], ...environment } of world.environments ?? []) {
    add(`environments/${environment.id}/environment.yaml`, 'environment', environment);
    for (const value of connectors)
      add(`environments/${environment.id}/connectors/${value.id}.yaml`, 'connector', value);
  }
  return files;
}

/** Writes files below a folder. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A short checksum of files, the same for the same company. */
export function checksum(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\0${text}\0`);
  return hash.digest('hex').slice(0, 12);
}
