import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { loadSources } from '../../load/load.ts';
import { workingTree } from '../../load/sources.ts';
import { MINIATURE } from '../../testing/miniature.ts';
import { suite } from '../../testing/suite.ts';
import { composeFaults } from './compose-file.ts';

const test = suite('compose.yaml and the environment that it runs');
const { repository } = loadSources(await workingTree(MINIATURE));
const lab = repository.environments.get('lab')!;

/** A file with what the lab has, and nothing else. */
function composeOf(components: readonly string[]): string {
  const { id, account, region, epoch, intermediates } = lab.value;
  const log = `ZTNA_ENVIRONMENT: ${id}, ZTNA_ACCOUNT: "${account}", ZTNA_REGION: ${region}, ZTNA_EPOCH: "${epoch}"`;
  return [
    'services:',
    '  store:',
    `    environment: { ZTNA_ENVIRONMENT: ${id}, ZTNA_INTERMEDIATES: "${intermediates.map((one) => `${one.id}=x:1`).join()}" }`,
    `    volumes: [${components.map((one) => `"x:/components/${one.replace('/', '-')}"`).join()}]`,
    ...components.flatMap((one, index) => [
      `  program-${index}: { environment: { ZTNA_COMPONENT: ${one} } }`,
      `  agent-${index}: { environment: { ${log}, ZTNA_COMPONENT: ${one}, ZTNA_OUT: /x } }`,
    ]),
  ].join('\n');
}

const COMPONENTS = [
  ...lab.value.intermediates.map(({ id }) => `intermediate/${id}`),
  ...[...lab.connectors.keys()].map((id) => `connector/${id}`),
];
const SOUND = composeOf(COMPONENTS);

test('nothing is said of one that is as the YAML', () => {
  assert.equal(composeFaults(SOUND, repository), []);
});

const FAULTS: readonly (readonly [from: string | RegExp, to: string, says: RegExp])[] = [
  [/ZTNA_ACCOUNT: "\d+"/, 'ZTNA_ACCOUNT: "1"', /agent-0: ZTNA_ACCOUNT is 1: expected \d+, as lab says/],
  [/ZTNA_EPOCH: "\d+"/, 'ZTNA_EPOCH: "9"', /agent-0: ZTNA_EPOCH is 9/],
  [/ZTNA_ENVIRONMENT: lab, ZTNA_INTER/, 'ZTNA_ENVIRONMENT: lap, ZTNA_INTER', /store runs lap/],
  [/ZTNA_INTERMEDIATES: "[^"]+"/, 'ZTNA_INTERMEDIATES: "nine=x:1"', /ZTNA_INTERMEDIATES: found nine/],
  [/program-0: .*/, 'program-0: {}', /programs: found .*: expected /],
  [/agent-1: .*/, 'agent-1: {}', /policy agents: found/],
  [/volumes: .*/, 'volumes: []', /folders of components: found : expected/],
  [
    '  program-0: {',
    '  program-0: { ports: ["4480:4480"],',
    /program-0: port 4480:4480 is published to everybody: expected 127\.0\.0\.1:4480:4480/,
  ],
  [
    '  program-0: {',
    '  panel: { environment: { ZTNA_INTERMEDIATES: "nine=x:1" } }\n  program-0: {',
    /panel: ZTNA_INTERMEDIATES: found nine/,
  ],
];

for (const [from, to, says] of FAULTS)
  test(`seen: ${to}`, () => {
    const text = SOUND.replace(from, to);
    assert.is.not(text, SOUND);
    assert.match(composeFaults(text, repository).join('\n'), says);
  });

/** Where a program reads its variables. */
const READS: Readonly<Record<string, readonly string[]>> = {
  'admin-panel': ['one-host/settings.ts', 'settings.ts'],
  agent: ['src/config.rs'],
  'app-connector': ['src/config.rs'],
  'embedded-store': ['settings.ts'],
  'intermediate-server': ['src/config.rs'],
  'policy-agent': ['settings.ts'],
  'test-backend': ['settings.ts'],
};

test('every program of compose.yaml reads what it is told', () => {
  const read = (path: string): string =>
    readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
  const { services } = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<string, { image: string; environment?: object }>;
  };
  const shared = read('tools/local/places.ts');
  const unread = Object.entries(services).flatMap(([name, { image, environment = {} }]) => {
    const program = image.replace('ztna/', '');
    const text = READS[program]!.map((path) => read(`images/${program}/${path}`)).join() + shared;
    return Object.keys(environment)
      .filter((variable) => !new RegExp(`\\b${variable}\\b`).test(text))
      .map((variable) => `${name}: ${variable}`);
  });
  assert.equal(unread, []);
});

test.run();
