import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { loadWorkingTree } from '../../load/load.ts';
import type { LoadedEnvironment } from '../../load/repository.ts';
import { MINIATURE } from '../../testing/miniature.ts';
import { suite } from '../../testing/suite.ts';
import { many, type AwsPrincipal, type AwsRequest, type Statement } from './document.ts';
import type { Landscape } from './landscape.ts';
import { IamScene } from './scene.ts';
import { type Row, tableOf } from './table.ts';

const golden = fileURLToPath(new URL('../golden/', import.meta.url));
const { repository } = await loadWorkingTree(MINIATURE);

const test = suite('terraform IAM');

/** The person that the golden documents were made for; world.test.ts makes them. */
export const GIVEN = { user: 'nora' };

const PROVIDER = 'oidc-provider/token.actions.githubusercontent.com';
const CLAIM = 'token.actions.githubusercontent.com';

/** They start a task, in the way of a connector's. */
const NEED_NONE = ['test-backend-start'];

for (const [env, loaded] of repository.environments) {
  const { account, region } = loaded.value;
  const land = JSON.parse(readFileSync(`${golden}iam-${env}.json`, 'utf8')) as Landscape;
  const scene = new IamScene(env, account, region, land);
  const unbounded = new IamScene(env, account, region, land, false);
  const rows = rowsOf(loaded);

  for (const { who, may, mustNot } of rows) {
    test(`${env}: ${who} may do what it must, and no more`, () => {
      const answers = (questions: typeof may, of: IamScene, wanted: boolean): string[] =>
        questions
          .filter(
            ({ action, on, context }) =>
              (of.ask(who, action, on(of), context?.(of)) === 'allowed') !== wanted,
          )
          .map(({ action, on }) => `${wanted ? 'may not' : 'may'} ${action} on ${on(of)}`);
      assert.equal(answers(may, scene, true), []);
      assert.equal(answers(mustNot, unbounded, false), [], 'even where there is no boundary');
    });
  }

  test(`${env}: only publish, break-glass and the second scheduler sign, whichever role asks`, () => {
    const key = scene.guarded('signing_key');
    const signers = land.actors
      .map(({ arn }) => arn.slice(arn.lastIndexOf('/') + 1))
      .filter(
        (name) => scene.ask(name, 'kms:Sign', key, { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' }) === 'allowed',
      );
    const second = loaded.value.images.heartbeat ? ['heartbeat'] : [];
    const wanted = ['break-glass', ...second, 'publish'];
    assert.equal(
      signers.sort(),
      wanted.map((name) => `ztna-${env}-${name}`),
    );
  });

  test(`${env}: what a publisher signs with, an administrator cannot use`, () => {
    const key = land.guarded.find(({ address }) => address.includes('signing_key'))!;
    const allows = many(key.document.Statement).filter(({ Effect }) => Effect === 'Allow');
    const root = allows.filter(({ Principal }) => JSON.stringify(Principal).includes(':root'));
    assert.ok(root.length > 0);
    assert.not.match(
      JSON.stringify(root.map(({ Action }) => Action)),
      /kms:Sign|kms:\*|"\*"|kms:CreateGrant/,
    );
  });

  const healed = loaded.value.intermediates.map(({ id }) => `intermediate-${id}-heal`);
  for (const role of healed)
    test(`${env}: ${role} is handed on by who makes it and by itself, and taken by Automation and its own clocks`, () => {
      const { arn } = scene.actor(role);
      const handed = land.actors
        .filter(({ arn: own }) => {
          const name = own.slice(own.lastIndexOf('/') + 1);
          return ['ssm', 'events', 'ec2'].some(
            (service) =>
              scene.ask(name, 'iam:PassRole', arn, { 'iam:PassedToService': `${service}.amazonaws.com` }) ===
              'allowed',
          );
        })
        .map(({ arn: own }) => own.slice(own.lastIndexOf('/') + 1));
      assert.equal(handed.sort(), [`ztna-${env}-apply`, `ztna-${env}-${role}`]);
      const take = (service: string, source: string, from = account): string =>
        scene.take(
          role,
          { kind: 'Service', id: `${service}.amazonaws.com`, account: from },
          'sts:AssumeRole',
          {
            'aws:SourceAccount': from,
            'aws:SourceArn': source,
          },
        );
      const rule = (name: string): string => `arn:aws:events:${region}:${account}:rule/${name}`;
      const component = `ztna-${env}-${role.replace(/-heal$/, '')}`;
      const execution = `arn:aws:ssm:${region}:${account}:automation-execution/one`;
      assert.is(take('ssm', execution), 'allowed');
      for (const name of [`${component}-heal`, `${component}-again`])
        assert.is(take('events', rule(name)), 'allowed', name);
      assert.is(take('ssm', execution, '999988887777'), 'not allowed');
      assert.is(take('events', rule('another')), 'not allowed');
      assert.is(take('ssm', `arn:aws:ssm:${region}:${account}:maintenancewindow/mw-1`), 'not allowed');
      assert.is(take('ec2', execution), 'not allowed');
    });

  const github: AwsPrincipal = { kind: 'Federated', id: `arn:aws:iam::${account}:${PROVIDER}`, account };
  const { organization, repository: named } = repository.guardrails!.value;
  const { name, id, ownerId } = named!;
  const token = (
    sub: string,
    ref = 'refs/heads/main',
    aud = 'sts.amazonaws.com',
    number = String(id),
  ): Record<string, string> => ({
    [`${CLAIM}:sub`]: sub,
    [`${CLAIM}:ref`]: ref,
    [`${CLAIM}:aud`]: aud,
    [`${CLAIM}:repository_id`]: number,
  });

  for (const [role, stage] of [
    ...['plan', 'apply', 'publish', 'collect'].map((one) => [one, `${env}-${one}`] as const),
    ['ztna-images', 'images'] as const,
  ]) {
    test(`${env}: ${role} trusts one repository, branch and environment`, () => {
      const take = (context: AwsRequest['context'], from = github) =>
        scene.take(role, from, 'sts:AssumeRoleWithWebIdentity', context);
      const byName = `repo:${organization}/${name}`;
      const byNumber = `repo:${organization}@${ownerId}/${name}@${id}`;
      const right = `${byName}:environment:${stage}`;
      for (const own of [byName, byNumber])
        assert.is(take(token(`${own}:environment:${stage}`)), 'allowed', own);
      const wrong = [
        token(`repo:another/${name}:environment:${stage}`),
        token(`repo:${organization}@${ownerId + 1}/${name}@${id}:environment:${stage}`),
        token(`repo:${organization}@${ownerId}/${name}@${id + 1}:environment:${stage}`),
        token(`repo:${organization}/${name}@${id}:environment:${stage}`),
        token(`repo:${organization}@${ownerId}/${name}:environment:${stage}`),
        ...[byName, byNumber].flatMap((own) => [
          token(`${own}-2:environment:${stage}`),
          token(`${own}:environment:another`),
          token(`${own}:ref:refs/heads/main`),
          token(`${own}:pull_request`),
          // Another account has the names now.
          token(`${own}:environment:${stage}`, 'refs/heads/main', 'sts.amazonaws.com', String(id + 1)),
        ]),
        token(right, 'refs/heads/feature'),
        token(right, 'refs/pull/1/merge'),
        token(right, 'refs/heads/main', 'another'),
        ...Object.keys(token(right)).map((left) => ({ ...token(right), [left]: [] })),
        {},
      ];
      for (const context of wrong) assert.is(take(context), 'not allowed', JSON.stringify(context));
      const stranger: AwsPrincipal = { ...github, id: `arn:aws:iam::${account}:oidc-provider/example.com` };
      assert.is(take(token(right), stranger), 'not allowed');
      const user: AwsPrincipal = { kind: 'AWS', id: `arn:aws:iam::${account}:user/${GIVEN.user}`, account };
      assert.is(
        scene.take(role, user, 'sts:AssumeRole', { 'aws:MultiFactorAuthPresent': 'true' }),
        'not allowed',
      );
    });
  }

  test(`${env}: break-glass is for named people with fresh MFA`, () => {
    const user = (name: string): AwsPrincipal => ({
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

  test(`${env}: AWS's services use keys and buckets for this account alone`, () => {
    for (const { address, document } of land.guarded)
      for (const { Principal, Condition, Sid } of many(document.Statement))
        if (JSON.stringify(Principal ?? '').includes('amazonaws.com'))
          assert.match(
            JSON.stringify(Condition ?? ''),
            new RegExp(`aws:Source(Arn|Account).*${account}|kms:EncryptionContext`),
            `${address} ${Sid}`,
          );
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

/** The table's rows for an environment. */
function rowsOf({ value, connectors }: LoadedEnvironment): Row[] {
  const all = [...connectors.values()].map((one) => one.value);
  return tableOf(
    value.intermediates.map(({ id }) => id),
    all.map(({ id }) => id),
    all.filter(({ runs }) => runs === 'fargate').map(({ id }) => id),
    value.adminPanel !== undefined,
    value.images.heartbeat !== undefined,
  );
}

/** Whether a statement of trust names a principal, or holds everybody to something. */
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

/** Roles of which the table says so much that any wider statement is noticed. */
const CLOSE = /-(connector-[a-z]+|connector-[a-z]+-start|collect|flow-logs|admin-panel|admin-panel-start)$/;

for (const [env, loaded] of repository.environments) {
  test(`${env}: the table notices every statement that is wider, or gone`, () => {
    const { account, region } = loaded.value;
    const text = readFileSync(`${golden}iam-${env}.json`, 'utf8');
    const rows = rowsOf(loaded);
    const unnoticed: string[] = [];
    let tried = 0;
    for (const { address, at, how } of widenings(JSON.parse(text) as Landscape)) {
      const land = JSON.parse(text) as Landscape;
      const actor = land.actors.find((one) => one.address === address)!;
      const name = Object.keys(actor.policies)[at.policy]!;
      const statements = many(actor.policies[name]!.Statement) as Statement[];
      if (!widen(statements, at.statement, how)) continue;
      tried += 1;
      const scene = new IamScene(env, account, region, land, false);
      if (!rows.some((row) => wrongs(row, scene) > 0))
        unnoticed.push(`${address} ${name} ${at.statement} ${how}`);
    }
    assert.ok(tried > 20);
    assert.equal(unnoticed, []);
  });
}

type How = 'everything' | 'always' | 'gone';

function widenings(
  land: Landscape,
): { address: string; at: { policy: number; statement: number }; how: How }[] {
  return land.actors
    .filter(({ arn }) => CLOSE.test(arn))
    .flatMap(({ address, policies }) =>
      Object.values(policies).flatMap((one, policy) =>
        many(one.Statement).flatMap((_, statement) =>
          (['everything', 'always', 'gone'] as const).map((how) => ({
            address,
            at: { policy, statement },
            how,
          })),
        ),
      ),
    );
}

/** Makes a statement wider, or takes it away. @returns whether that changes anything */
function widen(statements: Statement[], at: number, how: How): boolean {
  const one = statements[at]!;
  if (how === 'gone') return (statements.splice(at, 1), true);
  if (how === 'always') return one.Condition !== undefined && delete one.Condition;
  if (many(one.Resource).includes('*')) return false;
  one.Resource = '*';
  return true;
}

/** How many answers of a row are wrong. */
function wrongs({ who, may, mustNot }: Row, scene: IamScene): number {
  const allowed = ({ action, on, context }: Row['may'][number]): boolean =>
    scene.ask(who, action, on(scene), context?.(scene)) === 'allowed';
  return may.filter((one) => !allowed(one)).length + mustNot.filter(allowed).length;
}

test.run();
