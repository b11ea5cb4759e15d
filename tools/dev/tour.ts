/**
 * Writes docs/tour.md: a person adds a service and a policy, sees the difference, starts, watches it come
 * into force, breaks it and reverts it. Every line that the tour shows was printed by the real commands.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyMiniature } from '../testing/miniature.ts';
import { runIn, startIn, type CliProcess } from '../testing/run-cli.ts';

const here = fileURLToPath(new URL('../../', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'ztna-tour-'));
const pages: string[] = [];

const say = (text: string): void => void pages.push(text);
const show = (command: string, output: string): void =>
  say(`\`\`\`console\n$ ${command}\n${output.trimEnd()}\n\`\`\``);

/** Runs one of our commands; what it prints must match. */
async function npmRun(words: readonly string[], expected: RegExp): Promise<void> {
  const { stdout, stderr } = await runIn(root, words);
  if (!expected.test(stdout + stderr)) throw new Error(`${words.join(' ')} said:\n${stdout}${stderr}`);
  const rest = words.slice(1).join(' ');
  show(`npx ztna ${words[0]}${rest && ` ${rest}`}`, stdout + stderr);
}

function git(...words: string[]): string {
  const who = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com'];
  return execFileSync('git', [...who, ...words], { cwd: root, encoding: 'utf8' });
}

/** Writes a new file, and shows it. */
function write(file: string, text: string): void {
  writeFileSync(join(root, file), text);
  say(`\`${file}\`:\n\n\`\`\`yaml\n${text.trimEnd()}\n\`\`\``);
}

/** Replaces one text in a file, and shows the edit as git does. */
function edit(file: string, from: string, to: string): void {
  const before = readFileSync(join(root, file), 'utf8');
  if (!before.includes(from)) throw new Error(`${file} lacks ${from}`);
  writeFileSync(join(root, file), before.replace(from, to));
}

const SERVICE = `# yaml-language-server: $schema=../../schemas/service.schema.json
id: status-page
description: What works and what does not, for everybody
owner: sre
protocol: tcp
ports: [443]
virtualIp: 10.100.0.20
labels: { tier: internal, kind: application }
`;

const POLICY = `# yaml-language-server: $schema=../../schemas/policy.schema.json
id: everyone-status
description: Everybody may see what works
owner: sre
effect: allow
who: { groups: [everyone] }
what: { services: [status-page] }
when:
  device: { managed: true }
`;

const POLICY_FILE = 'policies/access/everyone-status.yaml';

async function addService(): Promise<void> {
  say(
    '# A tour\n\nEverything below was printed by the commands as shown, in the small company of `tools/testing/miniature/`; ' +
      '`npm run tour` writes this page anew.',
  );
  say('## 1. Add a service and a policy');
  say(
    'Sven wants a status page behind the tunnel. He adds two files, and a line to the connector beside it.',
  );
  write('policies/services/status-page.yaml', SERVICE);
  await npmRun(['validate'], /virtual|no connector|no errors/);
  write(POLICY_FILE, POLICY);
  edit(
    'environments/lab/connectors/apps.yaml',
    'services:\n',
    'services:\n  - { service: status-page, backend: "status.lab.internal:443" }\n',
  );
  say('In `environments/lab/connectors/apps.yaml` he adds:\n');
  say('```yaml\n  - { service: status-page, backend: "status.lab.internal:443" }\n```');
  await npmRun(['validate'], /no errors\n$/);
  say('## 2. See who gains and who loses');
  say('Nothing was committed yet: the difference is between the working tree and where it left `main`.');
  await npmRun(['render-diff'], /gain `status-page`/);
  say('And why would one of them reach it, or not?');
  const ask = ['explain', 'mona@example.com', 'status-page', '--env', 'lab', '--port', '443'];
  await npmRun([...ask, '--at', '2026-12-01T10:00:00Z'], /^DENY/);
}

async function bringIntoForce(started: CliProcess): Promise<void> {
  say('## 3. Bring it into force');
  say(
    'In a second terminal. There is no AWS and no Docker in this: the store is embedded, and until the data ' +
      'plane exists each follower checks its own enforcement file in place of its component.',
  );
  show('npm start', await started.says(/is in force on all.*\n/));
  say('## 4. Change it');
  say('The status page is for partners too, but not on interns’ machines. He saves, and the terminal says:');
  edit(
    POLICY_FILE,
    'who: { groups: [everyone] }',
    'who: { groups: [everyone], except: { groups: [interns] } }',
  );
  say(`\`\`\`text\n${(await started.says(/is in force on all.*\n/)).trim()}\n\`\`\``);
  say('## 5. Break it');
  say('A slip of the finger: `interns` becomes `intrens`. What was in force stays in force.');
  edit(POLICY_FILE, '[interns]', '[intrens]');
  say(`\`\`\`text\n${(await started.says(/stays in force\n/)).trim()}\n\`\`\``);
  edit(POLICY_FILE, '[intrens]', '[interns]');
  await started.says(/says the same already\n[\s\S]*is in force on all.*\n/);
}

async function revert(started: CliProcess): Promise<void> {
  say('## 6. Undo it');
  say('The change is committed, and reverted as any other commit is. Access goes back with it.');
  git('add', '.');
  git('commit', '-qm', 'Add the status page');
  show(
    'git commit -qm "Add the status page" && git revert --no-edit HEAD',
    git('revert', '--no-edit', 'HEAD').replace(/\n Date:.*\n/, '\n'),
  );
  say(`\`\`\`text\n${(await started.says(/sequence 3 is in force on all.*\n/)).trim()}\n\`\`\``);
  say('Who enforces what, and how it came about:');
  await npmRun(['status', '--env', 'lab'], /converged/);
  await npmRun(['history', '--env', 'lab'], /3 /);
}

async function main(): Promise<void> {
  copyMiniature(root);
  cpSync(join(here, 'schemas'), join(root, 'schemas'), { recursive: true });
  writeFileSync(join(root, '.gitignore'), '.ztna/\n');
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'The company');
  git('checkout', '-qb', 'status-page');
  await addService();
  const started = startIn(root, ['start']);
  try {
    await bringIntoForce(started);
    await revert(started);
    started.child.kill('SIGINT');
    if ((await started.ended) !== 0) throw new Error('npm start did not end with 0');
    say('Ctrl-C ends `npm start` and leaves nothing running; starting again goes on where it was.');
  } finally {
    started.child.kill('SIGKILL');
  }
  writeFileSync(join(here, 'docs/tour.md'), `${pages.join('\n\n')}\n`);
}

await main().finally(() => rmSync(root, { recursive: true, force: true }));
