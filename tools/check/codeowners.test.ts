import * as assert from 'uvu/assert';
import { line } from '../finding/finding.ts';
import { suite } from '../testing/suite.ts';
import { codeownersFindings, codeownersText } from './codeowners.ts';
import { base, service } from './testing/base.ts';
import { changed, loadWorld } from './testing/run.ts';

const test = suite('CODEOWNERS');

const repository = loadWorld(
  changed((world) => {
    world.guardrails.organization = 'acme';
    world.guardrails.owner = 'guards';
    world.guardrails.maintainers = ['builders', 'guards'];
    world.guardrails.owners = ['platform', 'guards', 'builders'].map((id) => ({ id, description: id }));
    world.services[0]!.owner = 'builders';
  }),
).repository;
const text = codeownersText(repository)!;

/** Who owns a path: of the lines that fit, the last counts, as on GitHub. */
function ownersOf(path: string): string[] {
  const lines = text.split('\n').filter((one) => one !== '' && !one.startsWith('#'));
  const fits = (pattern: string): boolean =>
    pattern === '*' ||
    new RegExp(
      `^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}${pattern.endsWith('/') ? '' : '$'}`,
    ).test(`/${path}`);
  const [, ...owners] = lines.findLast((one) => fits(one.split(' ')[0]!))!.split(' ');
  return owners;
}

test('what checks a change needs the maintainers, wherever it is', () => {
  const paths = ['tools/cli.ts', 'schemas/part.schema.json', '.github/workflows/merge.yml', 'bin/ztna.js'];
  for (const path of [
    ...paths,
    'terraform/stacks/a/main.tf',
    'images/x/Dockerfile',
    'package.json',
    'README.md',
  ])
    assert.equal(ownersOf(path), ['@acme/builders', '@acme/guards'], path);
  assert.equal(ownersOf('environments/live/environment.yaml'), ['@acme/builders', '@acme/guards']);
});

test('data needs its own owner, or any, and no owner of the tools', () => {
  assert.equal(ownersOf('policies/services/wiki.yaml'), ['@acme/builders']);
  assert.equal(ownersOf('policies/services/payments.yaml'), ['@acme/platform']);
  assert.equal(ownersOf('policies/groups/staff.yaml'), ['@acme/platform']);
  const anybody = ['@acme/platform', '@acme/guards', '@acme/builders'];
  for (const path of [
    'policies/access/new.yaml',
    'policies/tests/payments.yaml',
    'policies/services/new.yaml',
  ])
    assert.equal(ownersOf(path), anybody, path);
  assert.equal(ownersOf('environments/live/connectors/new.yaml'), anybody);
  assert.equal(ownersOf('policies/guardrails.yaml'), ['@acme/guards']);
  assert.equal(ownersOf('CODEOWNERS'), []);
});

test('what the data does not say is found, at its line and with what to type', () => {
  assert.equal(codeownersFindings(repository, text, true), []);
  const found = (edited: string): string[] => codeownersFindings(repository, edited, true).map(line);
  assert.equal(found(text.replace('/tools/ @acme/builders', '/tools/ @acme/mallory')), [
    'CODEOWNERS:12:1 codeowners CODEOWNERS is not what services, groups and guardrails.yaml say: expected `/tools/ @acme/builders @acme/guards`, found `/tools/ @acme/mallory @acme/guards`; write it anew: npx ztna codeowners',
  ]);
  assert.match(found(`${text}/tools/ @acme/mallory\n`)[0]!, /found `\/tools\/ @acme\/mallory`/);
  assert.match(found(text.slice(0, -20))[0]!, /write it anew/);
  assert.is(found('').length, 1);
});

test('that there is none is an error where there must be one', () => {
  assert.equal(codeownersFindings(repository, undefined, false), []);
  assert.equal(codeownersFindings(repository, undefined, true).map(line), [
    'CODEOWNERS:1:1 codeowners there is no CODEOWNERS; write it anew: npx ztna codeowners',
  ]);
});

test('a policy, a member, a connector and an access test change no line; a service does', () => {
  const of = (change: Parameters<typeof changed>[0]) => codeownersText(loadWorld(changed(change)).repository);
  const plain = codeownersText(loadWorld(base()).repository);
  assert.is(
    of((world) => {
      world.policies.pop();
      world.groups[0]!.members!.pop();
      world.tests.pop();
      world.environments[0]!.connectors!.pop();
    }),
    plain,
  );
  assert.is.not(
    of((world) => void world.services.push(service('new', 9, [443]))),
    plain,
  );
});

test.run();
