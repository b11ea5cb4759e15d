import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Fault } from '../../contract/fault.ts';

/** A provider that is on this machine. */
export interface Mirror {
  folder: string;
  version: string;
}

/**
 * Finds the AWS provider in a folder that is laid out as a mirror of Terraform's: `<host>/hashicorp/aws/<version>/<platform>`.
 * @param wanted the version that is pinned; where it is not there, the newest that is
 * @throws Fault where there is none
 */
export function mirrorAt(folder: string, wanted: string): Mirror {
  const root = resolve(folder);
  const found = existsSync(root)
    ? readdirSync(root).flatMap((host) => {
        const own = join(root, host, 'hashicorp/aws');
        return existsSync(own) ? readdirSync(own).filter((one) => /^\d+\.\d+\.\d+$/.test(one)) : [];
      })
    : [];
  const newest = found.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  if (newest === undefined)
    throw new Fault(
      `no provider hashicorp/aws is in ${root}`,
      'give the folder of a filesystem mirror, as `terraform providers mirror DIR` makes it',
    );
  return { folder: root, version: found.includes(wanted) ? wanted : newest };
}

/** A configuration of Terraform by which providers come from a mirror alone. @returns its path */
export function writeConfiguration(box: string, { folder }: Mirror): string {
  const file = join(box, 'terraform.rc');
  const text = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(folder)}\n  }\n}\n`;
  writeFileSync(file, text);
  return file;
}

/** Makes copies of our files ask for the version that the mirror has. */
export function repin(box: string, pinned: string, { version }: Mirror): void {
  if (version === pinned) return;
  for (const name of readdirSync(join(box, 'terraform'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('versions.tf')) continue;
    const file = join(box, 'terraform', name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(pinned, version));
  }
}
