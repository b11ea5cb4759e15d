import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Ring } from '../../contract/shapes.ts';
import { company, sizeOfFiles } from '../../testing/company.ts';
import { filesOf, writeFiles } from '../../testing/repository-files.ts';
import { newSigner } from '../../publish/testing/publisher.ts';
import { Bare } from './bare-repository.ts';
import { startGithub, type GithubServer } from './server.ts';

/** A company whose repository is on a GitHub of our own, and a clone of it on main. */
export interface Site {
  github: GithubServer;
  /** What GitHub keeps. */
  bare: Bare;
  clone: string;
  /** What commands find in the environment. */
  env: Record<string, string>;
  git(...words: string[]): string;
  /** Writes a file of the clone, or deletes it. */
  write(path: string, text: string | undefined): void;
  /** Commits everything in the clone. @returns the commit */
  commit(subject: string): string;
  /** Takes over what is on GitHub's main. */
  pull(): void;
  close(): Promise<void>;
}

/** Who commits in the clone. */
export const ANN = { name: 'Ann', email: 'ann@example.com' };

/** A company of some twenty files with one environment, `live`, whose first commit is on main. */
export async function newSite(rings: Ring[] = []): Promise<Site> {
  const folder = copyOf(rings);
  const [origin, clone] = placesIn(folder);
  const bare = new Bare(origin);
  const github = await startGithub(Date.now, bare);
  github.state.accounts.set(ANN.email, 'ann');
  const git = (...words: string[]): string => gitIn(clone, ...words);
  const site: Site = {
    github,
    bare,
    clone,
    env: { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token },
    git,
    write(path, text) {
      const file = join(clone, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text);
    },
    commit(subject) {
      git('add', '-A');
      git('commit', '-qm', subject);
      return git('rev-parse', 'HEAD');
    },
    pull: () => void git('pull', '-q', '--ff-only', 'origin', 'main'),
    async close() {
      await github.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return site;
}

/** The repository on GitHub, and the clone. */
const placesIn = (folder: string): [origin: string, clone: string] => [
  join(folder, 'example/access.git'),
  join(folder, 'clone'),
];

function gitIn(folder: string, ...words: string[]): string {
  const who = ['-c', `user.name=${ANN.name}`, '-c', `user.email=${ANN.email}`, '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...words], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** Sites that were made, by their rings: a copy takes no process. */
const made = new Map<string, string>();
process.on('exit', () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A copy of a site, which knows where it is itself. */
function copyOf(rings: Ring[]): string {
  const key = JSON.stringify(rings);
  const first = made.get(key) ?? newFolders(rings);
  made.set(key, first);
  const folder = mkdtempSync(join(tmpdir(), 'ztna-site-'));
  cpSync(first, folder, { recursive: true });
  const config = join(placesIn(folder)[1], '.git/config');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll(first, folder));
  return folder;
}

function newFolders(rings: Ring[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-site-'));
  const [origin, clone] = placesIn(folder);
  execFileSync('git', ['init', '-q', '--template=', '--bare', '-b', 'main', origin], { cwd: folder });
  execFileSync('git', ['clone', '-q', '--template=', origin, clone], { cwd: folder, stdio: 'ignore' });
  gitIn(clone, 'switch', '-qc', 'main');
  writeFiles(clone, companyFiles(rings));
  writeFileSync(join(clone, '.gitignore'), '.ztna/\nout/\n');
  gitIn(clone, 'add', '-A');
  gitIn(clone, 'commit', '-qm', 'The company');
  gitIn(clone, 'push', '-q', '-u', 'origin', 'main');
  return folder;
}

function companyFiles(rings: Ring[]): Map<string, string> {
  const world = company(sizeOfFiles(20));
  const live = world.environments![0]!;
  const { id, algorithm, publicKey } = newSigner('release');
  live.bundle.trustedKeys = [{ id, algorithm, publicKey }];
  live.rings = rings;
  return filesOf(world);
}
