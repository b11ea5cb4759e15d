import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { MINIATURE } from '../../testing/miniature.ts';
import { suite } from '../../testing/suite.ts';
import { attribute, filesBelow, type Module, modulesOf } from '../../terraform-checks/hcl/module.ts';
import type { Block } from '../../terraform-checks/hcl/parse.ts';
import { calledFolder } from '../../terraform-checks/rules/calls.ts';
import { loadWorkingTree } from '../../load/load.ts';
import { markdown } from '../../output/media/markdown.ts';
import { full } from '../testing/full.ts';
import { listingDifference, listingDifferenceLines } from './difference.ts';
import { givenOf, listingOf, listingText } from './listing.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const golden = fileURLToPath(new URL('golden/', import.meta.url));
const { repository } = await loadWorkingTree(MINIATURE);

const test = suite('infrastructure listing');

for (const [env, loaded] of repository.environments) {
  test(`golden/${env}.txt is what the YAML says (ZTNA_BLESS=1 writes it)`, () => {
    const text = listingText(env, listingOf(givenOf(repository, loaded)));
    const file = `${golden}${env}.txt`;
    if (process.env['ZTNA_BLESS'] === '1') writeFileSync(file, text);
    assert.ok(existsSync(file), `${file} is missing`);
    assert.is(readFileSync(file, 'utf8'), text);
  });
}

test('there is no listing of an environment that is gone', () => {
  const names = readdirSync(golden).sort();
  assert.equal(
    names,
    [...repository.environments.keys()].map((env) => `${env}.txt`),
  );
});

/** An address without its keys: `module.connector[].aws_subnet.this[]`. */
const shape = (address: string): string => address.replace(/\[("[^"]*"|\d+)\]/g, '[]');

/** The shapes of everything that the environment's stack can make, from its files. */
function shapesOf(modules: readonly Module[]): string[] {
  const folder = (name: string | undefined): Module | undefined => modules.find((one) => one.folder === name);
  const index = ({ body }: Block): string =>
    (attribute(body, 'for_each') ?? attribute(body, 'count')) ? '[]' : '';
  const below = (module: Module, prefix: string): string[] => [
    ...module.resources.map((one) => `${prefix}${one.labels.join('.')}${index(one)}`),
    ...module.calls.flatMap((call) => {
      const target = folder(calledFolder(module, call));
      return target ? below(target, `${prefix}module.${call.labels[0]}${index(call)}.`) : [];
    }),
  ];
  return below(folder('terraform/stacks/environment')!, '');
}

test('everything that the files can make is listed, and nothing else', () => {
  const modules = modulesOf(filesBelow(`${root}terraform`, 'terraform'));
  const listed = [...listingOf(full('endpoints')), ...listingOf(full('nat'))].map(({ address }) =>
    shape(address),
  );
  const can = shapesOf(modules);
  assert.equal(
    can.filter((one) => !listed.includes(one)),
    [],
    'made and not listed',
  );
  assert.equal(
    [...new Set(listed)].filter((one) => !can.includes(one)),
    [],
    'listed and not made',
  );
});

test('an address is listed once', () => {
  const addresses = listingOf(full('nat')).map(({ address }) => address);
  assert.is(new Set(addresses).size, addresses.length);
});

test('the same YAML in another order gives the same listing', () => {
  const given = full('endpoints');
  const turned = { ...given, connectors: [...given.connectors].reverse() };
  assert.equal(listingOf(turned), listingOf(given));
});

test('an edit is told thing by thing', () => {
  const before = full('endpoints');
  const [apps, ...others] = before.connectors;
  const larger = { ...apps!, size: { cpu: 1024, memory: 2048, instances: 3 } as const };
  const gone = others.filter(({ id }) => id !== 'office');
  const after = { ...before, connectors: [larger, ...gone] };
  const difference = listingDifference(listingOf(before), listingOf(after));
  assert.is(
    listingDifferenceLines('full', difference)
      .map((line) => markdown(line))
      .join('\n'),
    [
      '- `full`: 0 added, 4 removed, 2 changed',
      '  - `connector/apps`',
      '    - changes: 3 tasks, serving 2 services (was: 2 tasks, serving 2 services)',
      '    - changes: a task has 1 CPU and 2048 MiB (was: a task has 0.5 CPU and 1024 MiB)',
      '  - `connector/office`',
      '    - removes: a role of its own',
      '    - removes: it reads the log and its own parts, and writes its own acks',
      '    - removes: it signs in to AWS with its certificate; somebody else runs it',
      '  - `environment`',
      "    - removes: certificates of the environment's CAs are trusted for signing in to AWS",
    ].join('\n'),
  );
  const back = listingDifference(listingOf(after), listingOf(before));
  assert.equal([back.added.length, back.removed.length, back.changed.length], [4, 0, 2]);
});

test('what does not change infrastructure says nothing', () => {
  const lines = listingOf(full('nat'));
  assert.equal(listingDifferenceLines('full', listingDifference(lines, lines)), []);
});

test.run();
