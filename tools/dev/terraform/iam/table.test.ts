import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { loadWorkingTree } from '../../../load/load.ts';
import { suite } from '../../suite.ts';
import { type Document, many, type Principal, type Statement } from './document.ts';
import type { Landscape } from './landscape.ts';
import { Scene } from './scene.ts';
import { tableOf } from './table.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const golden = fileURLToPath(new URL('../golden/', import.meta.url));
const { repository } = await loadWorkingTree(root);

const test = suite('terraform IAM');

/** The repository, branch and people that the golden documents were made for; world.test.ts makes them. */
export const GIVEN = { repository: 'example/ztna', user: 'nora' };

const PROVIDER = 'oidc-provider/token.actions.githubusercontent.com';
const CLAIM = 'token.actions.githubusercontent.com';

for (const [env, loaded] of repository.environments) {
  const { account, region, intermediates } = loaded.value;
  const land = JSON.parse(readFileSync(`${golden}iam-${env}.json`, 'utf8')) as Landscape;
  const scene = new Scene(env, account, region, land);
  const connectors = [...loaded.connectors.values()].map(({ value }) => value);
  const fargate = connectors.filter(({ runs }) => runs === 'fargate').map(({ id }) => id);
  const rows = tableOf(
    intermediates.map(({ id }) => id),
    connectors.map(({ id }) => id),
    fargate,
  );

  for (const { who, may, mustNot } of rows) {
    test(`${env}: ${who} may do what it must, and no more`, () => {
      const answers = (questions: typeof may): string[] =>
        questions.map(({ action, on, context }) => {
          const answer = scene.ask(who, action, on(scene), context?.(scene));
          return `${answer === 'allowed' ? 'may' : 'may not'} ${action} on ${on(scene)}`;
        });
      assert.equal(
        answers(may).filter((one) => one.startsWith('may not')),
        [],
      );
      assert.equal(
        answers(mustNot).filter((one) => !one.startsWith('may not')),
        [],
      );
    });
  }

  test(`${env}: only publish and break-glass sign, whoever asks`, () => {
    const key = scene.guarded('signing_key');
    const signers = land.actors
      .map(({ arn }) => arn.slice(arn.lastIndexOf('/') + 1))
      .filter(
        (name) => scene.ask(name, 'kms:Sign', key, { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' }) === 'allowed',
      );
    assert.equal(signers.sort(), [`ztna-${env}-break-glass`, `ztna-${env}-publish`]);
  });

  test(`${env}: what somebody signs with, an administrator cannot use`, () => {
    const key = land.guarded.find(({ address }) => address.includes('signing_key'))!;
    const allows = many(key.document.Statement).filter(({ Effect }) => Effect === 'Allow');
    const root = allows.filter(({ Principal }) => JSON.stringify(Principal).includes(':root'));
    assert.ok(root.length > 0);
    assert.not.match(
      JSON.stringify(root.map(({ Action }) => Action)),
      /kms:Sign|kms:\*|"\*"|kms:CreateGrant/,
    );
  });

  const github: Principal = { kind: 'Federated', id: `arn:aws:iam::${account}:${PROVIDER}`, account };
  const token = (
    sub: string,
    ref = 'refs/heads/main',
    aud = 'sts.amazonaws.com',
  ): Record<string, string> => ({
    [`${CLAIM}:sub`]: sub,
    [`${CLAIM}:ref`]: ref,
    [`${CLAIM}:aud`]: aud,
  });

  for (const [role, stage] of [
    ...['plan', 'apply', 'publish', 'collect'].map((one) => [one, `${env}-${one}`] as const),
    ['ztna-images', 'images'] as const,
  ]) {
    test(`${env}: ${role} trusts one repository, branch and environment`, () => {
      const take = (context: Record<string, string>, from = github) =>
        scene.take(role, from, 'sts:AssumeRoleWithWebIdentity', context);
      const right = `repo:${GIVEN.repository}:environment:${stage}`;
      assert.is(take(token(right)), 'allowed');
      const wrong = [
        token(`repo:another/ztna:environment:${stage}`),
        token(`repo:${GIVEN.repository}-2:environment:${stage}`),
        token(`repo:${GIVEN.repository}:environment:another`),
        token(`repo:${GIVEN.repository}:ref:refs/heads/main`),
        token(`repo:${GIVEN.repository}:pull_request`),
        token(right, 'refs/heads/feature'),
        token(right, 'refs/pull/1/merge'),
        token(right, 'refs/heads/main', 'another'),
        { [`${CLAIM}:sub`]: right, [`${CLAIM}:aud`]: 'sts.amazonaws.com' },
        {},
      ];
      for (const context of wrong) assert.is(take(context), 'not allowed', JSON.stringify(context));
      const stranger: Principal = { ...github, id: `arn:aws:iam::${account}:oidc-provider/example.com` };
      assert.is(take(token(right), stranger), 'not allowed');
      const user: Principal = { kind: 'AWS', id: `arn:aws:iam::${account}:user/${GIVEN.user}`, account };
      assert.is(
        scene.take(role, user, 'sts:AssumeRole', { 'aws:MultiFactorAuthPresent': 'true' }),
        'not allowed',
      );
    });
  }

  test(`${env}: break-glass is for named people with fresh MFA`, () => {
    const user = (name: string): Principal => ({
      kind: 'AWS',
      id: `arn:aws:iam::${account}:user/${name}`,
      account,
    });
    const fresh = { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '60' };
    const take = (name: string, context: Record<string, string>) =>
      scene.take('break-glass', user(name), 'sts:AssumeRole', context);
    assert.is(take(GIVEN.user, fresh), 'allowed');
    assert.is(take('somebody', fresh), 'not allowed');
    assert.is(take(GIVEN.user, {}), 'not allowed');
    assert.is(take(GIVEN.user, { ...fresh, 'aws:MultiFactorAuthPresent': 'false' }), 'not allowed');
    assert.is(take(GIVEN.user, { ...fresh, 'aws:MultiFactorAuthAge': '86400' }), 'not allowed');
  });

  test(`${env}: every role below the environment's path is bounded, and uses no policy of AWS's`, () => {
    for (const { address, arn, boundary, managed } of land.actors) {
      if (arn.includes(`:role/ztna/${env}/`)) assert.ok(boundary?.endsWith(`/ztna-${env}-boundary`), address);
      assert.equal(managed, [], address);
    }
  });

  test(`${env}: no trust policy lets in everybody`, () => {
    for (const { address, trust } of land.actors)
      for (const one of many(trust!.Statement))
        assert.ok(isNarrow(one), `${address}: ${JSON.stringify(one)}`);
  });

  test(`${env}: every role has a row in the table, or is known to need none`, () => {
    const named = rows.map(({ who }) => (who.startsWith('ztna-') ? who : `ztna-${env}-${who}`));
    const others = land.actors
      .map(({ arn }) => arn.slice(arn.lastIndexOf('/') + 1))
      .filter((name) => !named.includes(name))
      .filter((name) => !NEED_NONE.some((suffix) => name === `ztna-${env}-${suffix}`));
    assert.equal(others, []);
  });
}

/** They write logs or start a task, and the boundary is the same. */
const NEED_NONE_ROLES = ['flow-logs', 'admin-panel', 'admin-panel-start', 'test-backend-start'];
const NEED_NONE = NEED_NONE_ROLES;

/** Whether a statement of trust names somebody, or holds everybody to something. */
function isNarrow({ Effect, Principal, Condition }: Statement): boolean {
  const everybody = Principal === '*' || JSON.stringify(Principal ?? {}).includes('"*"');
  return Effect === 'Deny' || !everybody || Condition !== undefined;
}

test('there is an environment for each golden file', () => {
  const files = readdirSync(golden).filter((name) => name.startsWith('iam-'));
  assert.equal(
    files.sort(),
    [...repository.environments.keys()].map((env) => `iam-${env}.json`),
  );
});

test('the table notices a policy that is too wide, and one that is too narrow', () => {
  const env = 'dev';
  const { account, region } = repository.environments.get(env)!.value;
  const land = JSON.parse(readFileSync(`${golden}iam-${env}.json`, 'utf8')) as Landscape;
  const wide: Document = { Statement: { Effect: 'Allow', Action: 'ssm:*', Resource: '*' } };
  const actors = land.actors.map((one) =>
    one.arn.endsWith('-collect') ? { ...one, policies: { wide } } : one,
  );
  const scene = new Scene(env, account, region, { ...land, actors });
  const [row] = tableOf([], [], []).filter(({ who }) => who === 'collect');
  const allowed = row!.mustNot.filter(
    ({ action, on, context }) => scene.ask('collect', action, on(scene), context?.(scene)) === 'allowed',
  );
  assert.ok(allowed.length >= 5);
});

test.run();
