import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../commands/all.ts';
import { suite } from '../../testing/suite.ts';

const test = suite('what the pages say exists');
const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
/** Every page, and a command's own examples. */
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'terraform/README.md',
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What is wrong with the commands that a page shows. */
async function commandFaults(text: string): Promise<string[]> {
  const faults: string[] = [];
  for (const [, name, rest] of text.matchAll(
    /(?:npm run(?: --silent)?|npx ztna) ([a-z:-]+)(?:(?: --)? ([^\n`#]*))?/g,
  )) {
    if (!scripts.includes(name!)) faults.push(`there is no script ${name}`);
    if (!(name! in COMMANDS)) continue;
    const { options = [] } = await COMMANDS[name!]!();
    const known = options.map(({ flags }) => flags.split(' ')[0]);
    for (const [, flag] of (rest ?? '').replace(/"[^"]*"/g, '').matchAll(/(?:^|\s)(--[a-z-]+)/g))
      if (!known.includes(flag!)) faults.push(`${name} has no option ${flag}`);
  }
  return faults;
}

/** What is wrong with the tests that a page of claims names. */
function claimFaults(text: string): string[] {
  // Below that heading nothing is claimed.
  const claimed = text.split('\n## Not covered')[0]!;
  const rows = claimed
    .split('\n')
    .filter((line) => /^\|.*\|$/.test(line) && !/^\| *(-|claim|who)/.test(line));
  const claims = rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
  return claims.flatMap(([claim = '', shown = '']) => {
    if (!shown.includes('`') || shown.startsWith('claim without a test')) return [];
    return shown.split(/; (?=`)/).flatMap((one) => {
      const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(one) ?? [];
      if (name === '') return [`${claim}: ${one} names no test`];
      if (!existsSync(`${root}${file}`)) return [`${claim}: there is no ${file}`];
      return read(file).includes(name) ? [] : [`${claim}: ${file} has no "${name}"`];
    });
  });
}

for (const page of PAGES)
  test(`${page}: every command and option exists`, async () => {
    assert.equal(await commandFaults(read(page)), []);
  });

test('the examples that commands show: every command and option exists', async () => {
  for (const load of Object.values(COMMANDS))
    assert.equal(await commandFaults(((await load()).examples ?? []).join('\n')), []);
});

test('a command or an option that does not exist is seen', async () => {
  const faults = await commandFaults(
    'npm run nothing\nnpm run status -- --env lab --nothing "--not an option"\n',
  );
  assert.equal(faults, ['there is no script nothing', 'status has no option --nothing']);
  assert.equal(await commandFaults('npm run --silent nothing'), ['there is no script nothing']);
  assert.equal(await commandFaults('`npx ztna status --never`'), ['status has no option --never']);
});

test('every claim of the threat model names tests that exist, or says that it has none', () => {
  const text = read('docs/threat-model.md');
  assert.equal(claimFaults(text), []);
  assert.ok(text.split('.test.ts`').length > 25);
});

test('a claim whose test does not exist is seen', () => {
  const rows = [
    '| a | `tools/nothing.test.ts`: a test |',
    '| b | `tools/dev/workflows/docs.test.ts`: noth' + 'ing of the kind |',
    '| c | `tools/dev/workflows/docs.test.ts` |',
  ];
  assert.is(claimFaults(rows.join('\n')).length, 3);
});

test('the runbook says what each state means', () => {
  const schema = JSON.parse(read('schemas/status.schema.json'));
  const states: string[] = schema.$defs.convergenceState.enum;
  const text = read('docs/operations.md');
  assert.equal(
    states.filter((state) => !text.includes(`| \`${state}\``)),
    [],
  );
});

test('each script is there once, and the program of the tools that it runs exists', () => {
  const lines = /"scripts": \{\n(.*?)\n {2}\}/s.exec(read('package.json'))![1]!.split('\n');
  assert.equal(
    lines.map((line) => /^ *"([^"]+)"/.exec(line)![1]),
    scripts,
  );
  const programs = lines.flatMap(
    (line) => line.match(/\b(?:tools|images|bin)\/[\w./-]+\.(?:ts|js|sh)\b/g) ?? [],
  );
  assert.ok(programs.length > 20);
  assert.equal(
    programs.filter((path) => !existsSync(`${root}${path}`)),
    [],
  );
});

test.run();
