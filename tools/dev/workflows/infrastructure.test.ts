import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { writeFiles } from '../../testing/repository-files.ts';
import { suite } from '../../testing/suite.ts';

// slow: it starts processes
const test = suite('npm run infrastructure');
const here = fileURLToPath(new URL('../../../', import.meta.url));

test('it says whether anything that Terraform reads was merged since a commit', () => {
  const root = mkdtempSync(join(tmpdir(), 'ztna-infrastructure-'));
  try {
    const git = (...words: string[]): string => {
      const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
      return execFileSync('git', [...who, ...words], { cwd: root, encoding: 'utf8' }).trim();
    };
    const commit = (path: string): string => {
      writeFiles(root, new Map([[path, 'id: some\n']]));
      git('add', '.');
      git('commit', '-qm', path);
      return git('rev-parse', 'HEAD');
    };
    git('init', '-q', '-b', 'main');
    const environment = commit('environments/lab/environment.yaml');
    const service = commit('policies/services/some.yaml');
    const group = commit('policies/groups/some.yaml');
    const said = [environment, service, group, 'f'.repeat(40), ''].map((since) => answer(root, since));
    assert.equal(said, [true, false, false, true, true]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

/** What the script that package.json names says in a repository, the same in both ways. */
function answer(root: string, since: string): boolean {
  const { scripts } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  const [program, ...words] = (scripts.infrastructure as string).split(' ');
  assert.is(program, 'node');
  const output = join(root, '.git', 'output');
  const run = [...words.slice(0, -1), join(here, words.at(-1)!), since];
  const tsx = run.map((word) => (word === 'tsx' ? join(here, 'node_modules/tsx/dist/loader.mjs') : word));
  const stdout = execFileSync(process.execPath, tsx, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, GITHUB_OUTPUT: output },
  });
  const changed = stdout === 'infrastructure changed\n';
  if (!changed) assert.is(stdout, 'no infrastructure changed\n');
  assert.is(readFileSync(output, 'utf8').trim().split('\n').at(-1), `changed=${changed}`);
  return changed;
}

test.run();
