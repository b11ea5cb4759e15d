import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { copyMiniature } from '../testing/miniature.ts';
import { runIn } from '../testing/run-cli.ts';
import { suite } from '../testing/suite.ts';

// slow: it starts processes
const test = suite('commands: what others wrote, on a terminal and in the log of a job');
const root = mkdtempSync(join(tmpdir(), 'ztna-terminal-'));
test.after(() => rmSync(root, { recursive: true, force: true }));

/** What clears a terminal, turns text around, and gives the runner that reads a log commands in both of its forms. */
const EVIL = 'mallory\u001b[2J\u202e\u009b31m ##[error]no';
const SUBJECT = `::error::${EVIL}`;

const git = (...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=::add-mask::a', '-c', 'user.email=ann@example.com', ...words], {
    cwd: root,
    encoding: 'utf8',
  });

test.before(async () => {
  copyMiniature(root);
  writeFileSync(join(root, '.gitignore'), '.ztna/\n');
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', SUBJECT);
  assert.is((await runIn(root, ['keys', 'init'])).status, 0);
  const published = await runIn(root, ['publish', '--env', 'lab', '--execute']);
  assert.is(published.status, 0, published.stderr);
  // A file that nobody can use, of which every command that needs all files says what it is.
  const bad = `id: bad\n? "${'::error::x'}"\n: "mallory\u0085##[error]"\n${JSON.stringify('\u202e')}: 1\n"::error": [\n::error::y\n`;
  writeFileSync(join(root, 'policies/groups/bad.yaml'), bad);
  git('add', '.');
  git('commit', '-qm', 'A file that cannot be used');
});

/** By command, what of another it prints; each of these says it. */
const COMMANDS: readonly (readonly string[])[] = [
  ['history', '--env', 'lab'],
  ['history', '--env', 'lab', '--json'],
  ['status', '--env', 'lab', '--json'],
  ['publish', '--env', SUBJECT],
  ['validate'],
  ['validate', '--format', 'github'],
  ['validate', '--json'],
  ['access', '--json'],
  ['render-diff', '--base', 'HEAD', '--head', 'HEAD~1'],
  ['explain', EVIL, 'wiki', '--env', 'lab'],
  ['history', `--difference=1..2`, '--env', `\n${SUBJECT}`],
  ['history', `--store=\n${SUBJECT}`],
  ['github', `\n${SUBJECT}`],
];

for (const words of COMMANDS) {
  const named = words.map((word) => (word.includes('mallory') ? '<evil>' : word)).join(' ');
  test(`${named} commands neither`, async () => {
    const { stdout, stderr } = await runIn(root, words);
    const printed = stdout + stderr;
    assert.match(printed, /mallory|bad\.yaml/, printed);
    // A workflow command of ours is one, and is about a place.
    const others = printed.replace(/^::(error|warning) file=.*$/gm, '');
    assert.not.match(others, /^\s*::|##\[/m, printed);
    assert.not.match(
      printed.replaceAll('\n', ''),
      /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
      JSON.stringify(printed),
    );
  });
}

test.run();
