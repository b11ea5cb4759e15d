import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { parse, parseAllDocuments } from 'yaml';
import { loadSources } from '../../load/load.ts';
import { workingTree } from '../../load/sources.ts';
import { settingsOf } from '../../../images/policy-agent/settings.ts';
import { MINIATURE } from '../../testing/miniature.ts';
import { suite } from '../../testing/suite.ts';
import { compose } from './compose.ts';
import { externalConnector } from './external.ts';
import { kubernetes } from './kubernetes.ts';
import { systemdUnits } from './systemd.ts';
import { connectorWords } from './words.ts';

const test = suite('what runs a connector outside AWS');
const environment = loadSources(await workingTree(MINIATURE)).repository.environments.get('live')!.value;
const connector = externalConnector(
  { ...environment, serverCas: environment.clientCas.slice(0, 1) },
  'berlin',
);
const units = systemdUnits(connector);
const folder = mkdtempSync(join(tmpdir(), 'ztna-connector-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const FILES = new Map([
  ['README.md', connectorWords(connector)],
  ['kubernetes.yaml', kubernetes(connector)],
  ['compose.yaml', compose(connector)],
  ...units,
]);

for (const [name, text] of FILES)
  test(`${name} is golden/${name} (ZTNA_BLESS=1 writes it)`, () => {
    const file = fileURLToPath(new URL(`golden/${name}`, import.meta.url));
    if (process.env['ZTNA_BLESS'] === '1') writeFileSync(file, text);
    assert.is(text, readFileSync(file, 'utf8'));
  });

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}

/** What each way tells the policy agent. */
const told = (): Record<string, Record<string, string>> => {
  const [deployment] = parseAllDocuments(kubernetes(connector))
    .map((one) => one.toJS() as { kind: string; spec?: { template: { spec: { containers: Container[] } } } })
    .filter(({ kind }) => kind === 'Deployment');
  const { env = [] } = deployment!.spec!.template.spec.containers.find(
    ({ name }) => name === 'policy-agent',
  )!;
  const unit = units.get(`${connector.name}-policy-agent.service`)!;
  const lines = [...unit.matchAll(/^Environment="([^=]+)=(.*)"$/gm)].map(([, name, value]) => [
    name!,
    value!.replaceAll('\\"', '"').replaceAll('%%', '%'),
  ]);
  return {
    kubernetes: Object.fromEntries(env.map(({ name, value }) => [name, value ?? 'its-name'])),
    compose: parse(compose(connector)).services['policy-agent'].environment,
    systemd: Object.fromEntries(lines),
  };
};

test('the policy agent takes what each way tells it', () => {
  for (const [way, variables] of Object.entries(told())) {
    const { ZTNA_INSTANCE: _, ...rest } = variables;
    const settings = settingsOf(rest, 'host');
    assert.equal(
      [settings.component, settings.identity.environment, settings.trusted.length],
      ['connector/berlin', 'live', environment.bundle.trustedKeys.length],
      way,
    );
  }
});

/** The programs that a tool looks for, which are on no developer's machine. */
const PROGRAMS = ['/usr/local/lib/ztna/app-connector', '/usr/local/bin/aws_signing_helper', '/usr/bin/node'];

if (spawnSync('systemd-analyze', ['--version'], { cwd: folder }).status !== 0)
  test.skip('systemd takes the units', 'systemd-analyze is not installed here');
else
  test('systemd takes the units', () => {
    for (const program of PROGRAMS) {
      mkdirSync(dirname(join(folder, program)), { recursive: true });
      writeFileSync(join(folder, program), '');
      chmodSync(join(folder, program), 0o755);
    }
    const place = join(folder, 'etc/systemd/system');
    mkdirSync(place, { recursive: true });
    for (const [name, text] of units) writeFileSync(join(place, name), text);
    for (const target of ['network-online', 'multi-user', 'sysinit', 'basic', 'shutdown'])
      writeFileSync(join(place, `${target}.target`), '[Unit]\n');
    const verify = () =>
      spawnSync('systemd-analyze', [`--root=${folder}`, 'verify', ...units.keys()], {
        cwd: folder,
        encoding: 'utf8',
      });
    const { status, stderr } = verify();
    assert.equal([status, stderr.split('\n').filter((line) => line.includes(connector.name))], [0, []]);
    // What is misspelt is seen.
    const [name, text] = [...units][0]!;
    writeFileSync(join(place, name), text.replace('NoNewPrivileges', 'NoNewPrivilege'));
    assert.match(verify().stderr, /NoNewPrivilege/);
  });

if (spawnSync('docker-compose', ['--version'], { cwd: folder }).status !== 0)
  test.skip('compose takes its file', 'docker-compose is not installed here');
else
  test('compose takes its file, and says what it was not given', () => {
    writeFileSync(join(folder, 'compose.yaml'), compose(connector));
    const given = {
      INSTANCE: 'a',
      HELPER_IMAGE: 'b',
      TRUST_ANCHOR_ARN: 'c',
      PROFILE_ARN: 'd',
      ROLE_ARN: 'e',
    };
    const words = ['--file', 'compose.yaml', 'config'];
    const env = { PATH: process.env['PATH'] };
    const here = { cwd: folder, encoding: 'utf8' } as const;
    const whole = execFileSync('docker-compose', words, { ...here, env: { ...env, ...given } });
    assert.match(whole, /network_mode: service:host/);
    const { status, stderr } = spawnSync('docker-compose', words, { ...here, env });
    assert.is.not(status, 0);
    assert.match(stderr, /a name for this machine|an image with aws_signing_helper|as Terraform says/);
  });

test.run();
