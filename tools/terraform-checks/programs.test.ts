import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { full } from '../terraform/testing/full.ts';
import { secretsOf, storeLine } from '../terraform/secrets.ts';
import { CERTIFICATES } from '../testing/certificates.ts';
import { suite } from '../testing/suite.ts';
import { PROGRAMS } from './programs.ts';
import { findProgram } from './stub/program.ts';
import type { Resource } from './stub/sandbox.ts';
import {
  type ContainerEnvironment,
  containersIn,
  filesOf,
  programOf,
  scriptOf,
} from './container-environment.ts';
import { ACCOUNT, applied, ENVIRONMENT, worldOf, writeYaml } from './world.ts';

const program = findProgram();
// slow: it runs Terraform
const test = suite('terraform: what programs are told');

/** What is applied, with and without `serverCas`. */
let told: Record<'without' | 'withCas', ContainerEnvironment[]>;
let made: Resource[];
const given = full('endpoints');
const { id, account, region, images } = given.environment;
const PEM = CERTIFICATES.lasting.trim();

if (program)
  test.before(async () => {
    const box = await worldOf(program.name, { id, account, region });
    try {
      writeYaml(box, given);
      await applied(box, ACCOUNT, { account, break_glass_users: '["nora"]' });
      made = await applied(box, ENVIRONMENT, { environment: id });
      const without = containersIn(made);
      const serverCas = [
        { id: 'servers', certificate: CERTIFICATES.lasting },
        { id: 'next', certificate: CERTIFICATES.lastsAMonth },
      ];
      writeYaml(box, { ...given, environment: { ...given.environment, serverCas } });
      told = { without, withCas: containersIn(await applied(box, ENVIRONMENT, { environment: id })) };
    } finally {
      await box.close();
    }
  });

/** A test that needs the program, or says that it was not run. */
function real(what: string, body: () => void): void {
  if (program) test(what, async () => body());
  else test.skip(what, 'neither terraform nor tofu is on the path');
}

real('every program is started, and told what its list says', () => {
  assert.equal([...new Set(told.without.map((one) => one.program))].sort(), Object.keys(PROGRAMS).sort());
  for (const { program: name, where, environment } of [...told.without, ...told.withCas]) {
    const { always, sometimes } = PROGRAMS[name]!;
    const names = Object.keys(environment).sort();
    assert.equal(
      names.filter((one) => !sometimes.includes(one)),
      [...always].sort(),
      `${name} of ${where}`,
    );
  }
});

real('what is there sometimes is there when it should be', () => {
  for (const { where, program: name, environment } of told.without) {
    if (name === 'policy-agent')
      assert.is('ZTNA_INSTANCE' in environment, where.includes('aws_instance'), where);
    assert.not('ZTNA_SERVER_CAS_PEM' in environment, 'the roots of its system count');
  }
  for (const { environment } of told.withCas.filter((one) => one.program === 'app-connector'))
    assert.is(environment['ZTNA_SERVER_CAS_PEM'], `${PEM}\n${CERTIFICATES.lastsAMonth.trim()}`);
});

real('values that programs are built for', () => {
  const of = (name: string): ContainerEnvironment['environment'] =>
    told.without.find((one) => one.program === name)!.environment;
  const server = of('intermediate-server');
  assert.equal(
    ['PORT', 'HTTP', 'BIND', 'ACCESS_LOG', 'LOG', 'IMAGE'].map((one) => server[`ZTNA_${one}`]),
    ['4433', '127.0.0.1:9090', '0.0.0.0,[::]', '-', 'info', images['intermediate-server'].digest],
  );
  const connector = of('app-connector');
  assert.equal(
    ['HTTP', 'LOG', 'IMAGE'].map((one) => connector[`ZTNA_${one}`]),
    ['127.0.0.1:9091', 'info', images['app-connector'].digest],
  );
  assert.equal(of('test-backend'), { ZTNA_ECHO: '7007', ZTNA_HTTP: '8080' });
});

interface Container {
  image: string;
  user?: string;
  healthCheck?: { command: string[] };
}

const containers = (): Container[] =>
  made
    .filter(({ type }) => type === 'aws_ecs_task_definition')
    .flatMap(({ values }) => JSON.parse(String(values['container_definitions'])) as Container[]);

const imageFile = (name: string, file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../images/${name}/${file}`, import.meta.url)), 'utf8');

real('a task says as whom each container runs: the user that its image was built for', () => {
  const users = containers().map(({ image, user }) => `${programOf(image)} ${user}`);
  const built = ['admin-panel', 'app-connector', 'policy-agent', 'test-backend'].map(
    (name) => `${name} ${/^USER (\S+)$/m.exec(imageFile(name, 'Dockerfile'))![1]}`,
  );
  assert.equal([...new Set(users)].sort(), built);
});

real('every container of a task is asked for its health, where it answers', () => {
  for (const { image, healthCheck } of containers()) {
    const [, program, url] = healthCheck?.command ?? [];
    assert.is(program, 'healthcheck', image);
    const told = containersIn(made).find((one) => one.program === programOf(image))!.environment;
    assert.ok(url!.endsWith(`:${told['ZTNA_HTTP']!.split(':').at(-1)}/healthz`), `${image} ${url}`);
  }
});

real('a machine gives sockets the buffers that the server asks for, and restarts what hangs', () => {
  const machine = made.find(({ type }) => type === 'aws_instance')!;
  const asked = /SOCKET_BUFFER: usize = (\d+) << (\d+)/.exec(
    imageFile('intermediate-server', 'src/io/sockets.rs'),
  )!;
  const bytes = Number(asked[1]) * 2 ** Number(asked[2]);
  const files = filesOf(machine);
  for (const direction of ['rmem', 'wmem']) {
    const most = new RegExp(`^net\\.core\\.${direction}_max = (\\d+)$`, 'm').exec(
      files.get('/etc/sysctl.d/90-ztna.conf')!,
    )![1];
    assert.ok(Number(most) >= bytes, direction);
  }
  const script = scriptOf(machine);
  assert.match(script, /^sysctl .*90-ztna\.conf$/m);
  assert.match(script, /^systemctl enable --now .*ztna-watch\.timer/m);
  for (const [name, port] of [
    ['policy-agent', '9092'],
    ['server', '9090'],
  ] as const)
    assert.match(files.get('/usr/local/bin/ztna-watch')!, new RegExp(`^watch ztna-${name} ${port}$`, 'm'));
});

real('logs stay when what logged is removed', () => {
  const groups = made.filter(({ type }) => type === 'aws_cloudwatch_log_group');
  assert.ok(groups.length > 0);
  for (const { address, values } of groups) assert.is(values['skip_destroy'], true, address);
});

real('a new machine has the newest keys before it takes over', () => {
  const documents = made.filter(({ address }) => address.endsWith('aws_ssm_document.replace'));
  assert.is(documents.length, 2);
  for (const { values } of documents) {
    const { mainSteps } = JSON.parse(String(values['content'])) as { mainSteps: { name: string }[] };
    const look = JSON.stringify(mainSteps.find(({ name }) => name === 'look'));
    for (const url of ['readyz', 'healthz'])
      assert.match(look, new RegExp(`systemctl start ztna-secrets\\.service; .*${url}`));
  }
});

test('what an environment is started with: a certificate of each kind that AWS runs', () => {
  assert.equal(secretsOf(given.environment, given.connectors), [
    '/ztna-secret/full/intermediate/tls',
    '/ztna-secret/full/connector/apps/tls',
    '/ztna-secret/full/connector/tests/tls',
    '/ztna-secret/full/connector/shops/tls',
  ]);
  assert.match(storeLine('full', '/ztna-secret/full/intermediate/tls'), /--tier Intelligent-Tiering/);
});

test('the programs in Rust read what they are told', () => {
  for (const name of ['intermediate-server', 'app-connector']) {
    const source = fileURLToPath(new URL(`../../images/${name}/src/config.rs`, import.meta.url));
    const read = [...readFileSync(source, 'utf8').matchAll(/env = "(ZTNA_\w+)"/g)].map(([, one]) => one!);
    const { always, sometimes } = PROGRAMS[name]!;
    assert.equal(
      [...always, ...sometimes].filter((one) => !read.includes(one)),
      [],
      `${name} does not read them`,
    );
  }
});

test('the admin panel reads what it is told', () => {
  const source = readFileSync(
    fileURLToPath(new URL('../../images/admin-panel/settings.ts', import.meta.url)),
    'utf8',
  );
  assert.equal(
    PROGRAMS['admin-panel']!.always.filter((one) => !source.includes(`'${one}'`)),
    [],
  );
});

test('docs/infrastructure.md names the same variables', () => {
  const text = readFileSync(fileURLToPath(new URL('../../docs/infrastructure.md', import.meta.url)), 'utf8');
  for (const [name, { always, sometimes }] of Object.entries(PROGRAMS)) {
    const row = text.split('\n').find((line) => new RegExp(`^\\| (every ${name}|${name}) +\\|`).test(line));
    assert.ok(row, `there is a row of ${name}`);
    const said = [...new Set([...row!.matchAll(/`(ZTNA_\w+)`/g)].map(([, one]) => one!))].sort();
    assert.equal(said, [...always, ...sometimes].sort(), name);
  }
});

test.run();
