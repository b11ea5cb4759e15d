import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../contract/log/canonical.ts';
import { validateDrillReport } from '../contract/shapes.ts';
import { denyAll, flatten } from '../enforce/flatten.ts';
import { partsOf } from '../publish/state.ts';
import { bundleOf } from '../publish/testing/publisher.ts';
import { copyMiniature } from '../testing/miniature.ts';
import { runIn } from '../testing/run-cli.ts';
import { suite } from '../testing/suite.ts';
import { DRILLS, type Drill } from './drill/drills.ts';
import { AccessWatch } from './drill/watch.ts';

// slow: each drill is played
const test = suite('commands: drills');
const root = mkdtempSync(join(tmpdir(), 'ztna-drills-'));
test.after(() => rmSync(root, { recursive: true, force: true }));
test.before(() => copyMiniature(root));

const RUNBOOK = readFileSync(fileURLToPath(new URL('../../docs/operations.md', import.meta.url)), 'utf8');

/** A section of the runbook, with its commands as drills write them. */
function sectionOf(text: string, heading: string): string {
  const section = text.split(/^## /m).find((one) => one.startsWith(`${heading}\n`));
  assert.ok(section, `docs/operations.md has no section ${heading}`);
  return section
    .replace(/ --store aws| --key kms:alias\/ztna-prod-signing/g, '')
    .replace(/--env (prod|dev)/g, '--env <env>')
    .replace(/--to \d+/g, '--to 1');
}

/** The first step that a section does not have in its place; undefined where it has them all. */
function strayStep(text: string, { section, steps }: Drill): string | undefined {
  const written = sectionOf(text, section);
  let from = 0;
  for (const { kind, says } of steps) {
    if (kind === 'happens') continue;
    const at = written.indexOf(says, from);
    if (at < 0) return says;
    from = at + says.length;
  }
  return undefined;
}

/** The commands of a section's blocks, without those that take what only AWS has. */
function commandsOf(text: string, { section }: Drill): string[] {
  const lines = sectionOf(text, section).match(/^ {4}(npx ztna|git) .*$/gm) ?? [];
  return lines.map((line) =>
    line
      .trim()
      .replace(/ {2,}#.*$/, '')
      .replace(/ <commit>$/, ''),
  );
}

for (const [name, drill] of Object.entries(DRILLS)) {
  test(`${name}: its steps are those of the runbook, in its order, and the runbook has no other`, () => {
    assert.is(strayStep(RUNBOOK, drill), undefined);
    const steps = drill.steps.map(({ says }) => says);
    assert.equal(
      commandsOf(RUNBOOK, drill).filter((one) => !steps.includes(one)),
      [],
    );
  });

  test(`${name}: played on a copy, access stays`, async () => {
    const { status, stdout, stderr } = await runIn(root, ['drill', name, '--env', 'lab', '--json']);
    assert.is(status, 0, stderr);
    const report: unknown = JSON.parse(stdout);
    assert.ok(validateDrillReport(report));
    assert.equal([report.access.deniedMs, report.steps.length], [0, drill.steps.length]);
    assert.ok(report.access.rightMs > 0);
    // What takes access away, or gives it back, cannot be in force before it is delivered.
    const changes = name === 'ca-compromised' || name === 'github-away';
    assert.is(report.access.lateMs > 0, changes, stdout);
    assert.not.ok(readdirSync(root).includes('.ztna'), 'the company itself is not touched');
  });
}

test('a runbook that says something else, or in another order, is seen', () => {
  const drill = DRILLS['store-lost'];
  assert.is(strayStep(RUNBOOK.replaceAll('epoch: 2', 'epoch: two'), drill), 'epoch: 2');
  const turned = RUNBOOK.replace(/(.*--only additions --execute {5}# components.*\n)(.*merge.*\n)/, '$2$1');
  assert.not.equal(turned, RUNBOOK);
  assert.match(strayStep(turned, drill)!, /merge/);
  const more = RUNBOOK.replace(
    '    # environments/<env>/environment.yaml:  epoch: 2\n',
    '$&    npx ztna collect --env prod\n',
  );
  assert.equal(commandsOf(more, drill)[0], 'npx ztna collect --env <env>');
});

test('a disaster that is none is refused with the nearest one', async () => {
  const { status, stderr } = await runIn(root, ['drill', 'store-last']);
  assert.is(status, 2);
  assert.match(stderr, /there is no drill store-last; did you mean `?store-lost/);
});

test('access counts as right, as late, or as denied, by the files that components read', async () => {
  const folder = join(root, 'watch');
  const [before, after] = [partsOf(bundleOf('alice', 'bob')), partsOf(bundleOf('alice'))];
  const one = 'intermediate/one';
  const watch = new AccessWatch(folder, new Map([[one, after.get(one)!]]));
  const write = (text: string): void => {
    mkdirSync(join(folder, one), { recursive: true });
    writeFileSync(join(folder, one, 'enforcement.json'), text);
  };
  const file = (parts: typeof before, to = Date.now() + 60_000) =>
    canonicalJson(flatten(parts.get(one)!, one, { epoch: 1, sequence: 7 }, Date.now(), to));
  assert.is(await watch.look(), 'denied');
  write(file(before));
  assert.is(await watch.look(), 'late');
  write(file(after));
  assert.is(await watch.look(), 'right');
  // The same file, when something else is wanted, and when its lease has ended.
  watch.want(new Map([[one, before.get(one)!]]));
  assert.is(await watch.look(), 'late');
  watch.want(new Map([[one, after.get(one)!]]));
  assert.is(await watch.look(), 'right');
  const end = Date.now() + 500;
  write(file(after, end));
  assert.is(await watch.look(), 'right');
  while (Date.now() < end) await new Promise((resolve) => setTimeout(resolve, end - Date.now()));
  assert.is(await watch.look(), 'denied');
  const nothing = denyAll(after.get(one)!, one, { epoch: 1, sequence: 7 }, Date.now(), Date.now() + 60_000);
  write(canonicalJson(nothing));
  assert.is(await watch.look(), 'denied');
  write('nonsense');
  assert.is(await watch.look(), 'denied');
});

test.run();
