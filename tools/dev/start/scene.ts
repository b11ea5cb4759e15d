import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Policy, Service } from '../../contract/shapes.ts';
import { PROGRAMS, PROGRAMS_PACKAGE, TEST_BACKEND } from '../../local/programs.ts';
import { environmentWith, type RepositoryValues } from '../../testing/repository.ts';
import { filesOf, writeFiles } from '../../testing/repository-files.ts';
import { bundleProgram } from '../images/bundle.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Programs that were built here, release ones before others; undefined where there are none. */
export function builtPrograms(): string | undefined {
  const folders = ['release', 'debug'].map((profile) => join(ROOT, 'images/target', profile));
  return folders.find((folder) => PROGRAMS.every((name) => existsSync(join(folder, name))));
}

/** The policy that is written and removed: with it, alice reaches `files`. */
export const OPENING = 'policies/access/staff-files.yaml';

const ABOUT = { owner: 'platform', description: 'For the play' };

/** A company in which alice reaches `wiki` and `names`, and not `files`. */
function companyOf(): RepositoryValues {
  const service = (id: string, protocol: 'tcp' | 'udp', port: number, last: number): Service => ({
    ...{ id, ...ABOUT, protocol, ports: [port], virtualIp: `10.100.0.${last}` },
  });
  return {
    services: [
      service('wiki', 'tcp', 443, 2),
      service('files', 'tcp', 8443, 3),
      service('names', 'udp', 53, 4),
    ],
    groups: [{ id: 'staff', ...ABOUT, members: ['alice@example.com', 'bob@example.com'] }],
    policies: [
      allow('staff-wiki', ['wiki', 'names']),
      allow('ops-files', ['files'], { principals: ['bob@example.com'] }),
    ],
    tests: [
      {
        ...{ id: 'wiki', description: 'The wiki is for the staff' },
        expect: [{ principal: 'alice@example.com', reaches: 'wiki', port: 443, at: '2026-06-01T15:00:00Z' }],
      },
    ],
    environments: [environmentWith('lab', ['wiki', 'files', 'names'])],
    guardrails: {
      organization: 'example',
      repository: { name: 'ztna', id: 1, ownerId: 1 },
      ...{ owner: 'platform', maintainers: ['platform'] },
      owners: [{ id: 'platform', description: 'The platform' }],
      limits: { principalsLosing: 1, principalsLosingOneService: 1 },
    },
  };
}

function allow(id: string, services: string[], who: Policy['who'] = { groups: ['staff'] }): Policy {
  return { id, ...ABOUT, effect: 'allow', who, what: { services } };
}

/** Writes the company into a folder, with the programs as their package has them. @param built where cargo put them */
export async function writeScene(folder: string, built: string): Promise<void> {
  writeFiles(folder, filesOf(companyOf()));
  await linkPrograms(folder, built);
}

/** Links the programs into a folder, as their package has them. @param built where cargo put them */
export async function linkPrograms(folder: string, built: string): Promise<void> {
  const bin = join(folder, 'node_modules', PROGRAMS_PACKAGE, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const name of PROGRAMS) symlinkSync(join(built, name), join(bin, name));
  writeFileSync(join(bin, TEST_BACKEND), (await bundleProgram(ROOT, 'test-backend')).code);
}

/** Saves the opening policy as an editor does, or removes it. */
export function save(folder: string, open: boolean): void {
  const file = join(folder, OPENING);
  if (!open) return rmSync(file);
  const text = filesOf({ policies: [allow('staff-files', ['files'])] }).get(OPENING)!;
  // Under another name first, as most editors do.
  const draft = join(dirname(file), '.staff-files.yaml.swp');
  writeFileSync(draft, text);
  copyFileSync(draft, file);
  rmSync(draft);
}

/** Every file below a folder, but for the state folder. */
export function filesBelow(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => !path.startsWith('.ztna'))
    .sort();
}

/** Processes that run in a folder, or were started with a name in it: the number and the command line of each. */
export function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const text = ['cmdline', 'environ']
          .map((one) => readFileSync(`/proc/${pid}/${one}`, 'utf8'))
          .join('\0');
        return text.includes(folder) ? [`${pid} ${text.slice(0, 200).replaceAll('\0', ' ')}`] : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}
