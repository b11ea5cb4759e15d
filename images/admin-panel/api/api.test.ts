import { createRequire } from 'node:module';
import type { Ajv2020 as AjvClass } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { runIn } from '../../../tools/testing/run-cli.ts';
import { suite } from '../../../tools/testing/suite.ts';
import { LIVE, newScene, until, type PanelScene } from '../testing/scene.ts';

const require = createRequire(import.meta.url);
const { Ajv2020 } = require('ajv/dist/2020') as { Ajv2020: typeof AjvClass };
const addFormats = require('ajv-formats').default as (ajv: AjvClass) => void;

// slow: a store, followers and a panel run
const test = suite<{ scene: PanelScene }>('admin panel: the API');

test.before(async (context) => {
  context.scene = await newScene();
  await context.scene.publish();
  await context.scene.follow();
  await until(
    'it converges',
    async () => (await context.scene.ask(`/api/v1/overview?env=${LIVE}`)).body.convergence.converged,
  );
});

test.after(({ scene }) => scene.close());

/** Judges answers by the description that the panel serves. */
async function judge(scene: PanelScene) {
  const { body: description } = await scene.ask('/api/v1/openapi.json');
  const ajv = new Ajv2020({ strict: false, validateFormats: true });
  addFormats(ajv);
  ajv.addSchema({ $id: 'openapi', ...description });
  return (path: string, method: string, status: number, type: string, body: unknown): string | undefined => {
    const operation = description.paths[path]?.[method];
    if (!operation) return `${method} ${path} is not described`;
    const answer = operation.responses[status];
    if (!answer) return `${method} ${path} may not answer ${status}`;
    const schema = answer.content?.[type.split(';')[0]!]?.schema;
    if (!schema) return `${method} ${path} may not answer ${status} as ${type}`;
    const fits = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')));
    return fits(body) ? undefined : `${method} ${path}: ${JSON.stringify(fits.errors?.slice(0, 3))}`;
  };
}

const ASKED: [path: string, url: string, status?: number][] = [
  ['/me', '/me'],
  ['/environments', '/environments'],
  ['/overview', `/overview?env=${LIVE}`],
  ['/overview', '/overview?env=nowhere', 404],
  ['/overview', '/overview?env=No', 400],
  ['/status', '/status'],
  ['/findings', '/findings'],
  ['/services', `/services?env=${LIVE}&limit=2`],
  ['/services', `/services?env=${LIVE}&limit=0`, 400],
  ['/services', `/services?env=${LIVE}&cursor=x`, 400],
  ['/services/{id}', `/services/payments?env=${LIVE}`],
  ['/services/{id}', `/services/paymnets?env=${LIVE}`, 404],
  ['/principals', `/principals?env=${LIVE}&search=ALI`],
  ['/principals/{name}', `/principals/alice@example.com?env=${LIVE}`],
  ['/principals/{name}', `/principals/nobody@example.com?env=${LIVE}`, 404],
  ['/groups', `/groups?env=${LIVE}`],
  ['/groups/{id}', `/groups/engineering?env=${LIVE}`],
  ['/policies', `/policies?env=${LIVE}`],
  ['/policies/{id}', `/policies/payments-admins?env=${LIVE}`],
  ['/access', `/access?env=${LIVE}&service=payments`],
  [
    '/explanation',
    `/explanation?env=${LIVE}&principal=alice@example.com&service=payments&port=443&from=203.0.113.7&managed=true`,
  ],
  ['/explanation', `/explanation?env=${LIVE}&principal=alice@example.com&service=payments`, 400],
  ['/explanation', `/explanation?env=${LIVE}&service=payments&port=443`, 400],
  [
    '/explanation',
    `/explanation?env=${LIVE}&principal=a@b.example&service=payments&port=443&at=yesterday`,
    400,
  ],
  ['/matrix', `/matrix?env=${LIVE}&limit=5`],
  ['/matrix', `/matrix?env=${LIVE}&at=2027-01-03T22:30:00Z&from=203.0.113.7&managed=true`],
  ['/graph', `/graph?env=${LIVE}&focus=alice@example.com`],
  ['/graph', `/graph?env=${LIVE}&focus=service/payments`],
  ['/history', '/history'],
  ['/history/{sequence}', `/history/1?env=${LIVE}`],
  ['/history/{sequence}', `/history/99?env=${LIVE}`, 404],
  ['/difference', `/difference?env=${LIVE}&from=1&to=1`],
  ['/drift', '/drift'],
  ['/holds', `/holds?env=${LIVE}`],
  ['/expiring', `/expiring?env=${LIVE}`],
  ['/access-log', `/access-log?env=${LIVE}`],
  ['/proposals', '/proposals'],
];

test('every answer is as the description says, good or bad', async ({ scene }) => {
  const judged = await judge(scene);
  for (const [path, url, status = 200] of ASKED) {
    const answer = await scene.ask(`/api/v1${url}`);
    assert.is(answer.status, status, `${url}: ${JSON.stringify(answer.body).slice(0, 300)}`);
    assert.is(
      judged(path, 'get', answer.status, answer.headers.get('content-type')!, answer.body),
      undefined,
      url,
    );
    if (status >= 400) assert.ok(answer.body.remedy, `${url} says what to do`);
  }
  const described = Object.keys((await scene.ask('/api/v1/openapi.json')).body.paths);
  const asked = [...ASKED.map(([path]) => path), '/events', '/openapi.json', '/proposals/preview'];
  assert.equal(
    described.filter((path) => !asked.includes(path)),
    [],
  );
});

test('an answer that does not fit is noticed', async ({ scene }) => {
  const judged = await judge(scene);
  const { body, headers } = await scene.ask('/api/v1/me');
  const type = headers.get('content-type')!;
  assert.match(judged('/me', 'get', 200, type, { ...body, signIn: 'magic' })!, /signIn/);
  assert.match(judged('/me', 'get', 418, type, body)!, /may not answer 418/);
});

/** What a command prints as JSON in the scene's folder, whatever its exit status says of the result. */
async function printed(scene: PanelScene, ...words: string[]): Promise<any> {
  const { stdout, stderr } = await runIn(scene.root, [...words, '--json']);
  assert.ok(stdout.startsWith('{'), `${words.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Instants at which each was asked; and what a command reads from the store by itself, of which a panel that looks
 * each few seconds tells nothing. */
const UNTIMED = new Set(['at', 'deliveries']);
/** An answer without them. */
function untimed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untimed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (UNTIMED.has(key) ? [] : [[key, untimed(one)]])),
  );
}

const AT = '2027-01-05T12:00:00Z';
const SAME: [url: string, words: string[]][] = [
  ['/environments', ['environments']],
  [`/status?env=${LIVE}`, ['status', '--env', LIVE]],
  [`/history?env=${LIVE}`, ['history', '--env', LIVE]],
  [`/drift?env=${LIVE}`, ['drift', '--env', LIVE]],
  ['/findings', ['validate']],
  [`/access?env=${LIVE}&service=payments`, ['access', '--env', LIVE, '--service', 'payments']],
  [
    `/access?env=${LIVE}&principal=alice@example.com`,
    ['access', '--env', LIVE, '--principal', 'alice@example.com'],
  ],
  [
    `/explanation?env=${LIVE}&principal=alice@example.com&service=payments&port=443&at=${AT}&from=203.0.113.7&managed=true`,
    [
      ...['explain', 'alice@example.com', 'payments', '--env', LIVE, '--port', '443', '--at', AT],
      ...['--from', '203.0.113.7', '--device', 'managed=true'],
    ],
  ],
  [
    `/explanation?env=${LIVE}&withoutCertificate=true&service=wiki&port=icmp&at=${AT}`,
    ['explain', '--without-certificate', 'wiki', '--env', LIVE, '--port', 'icmp', '--at', AT],
  ],
];

for (const [url, words] of SAME)
  test(`ztna ${words.join(' ')} prints what the API answers`, async ({ scene }) => {
    const { status, body } = await scene.ask(`/api/v1${url}`);
    assert.is(status, 200, JSON.stringify(body));
    // From when on: the panel's is the present in full minutes.
    const at = words[0] === 'access' ? ['--at', body.at] : [];
    assert.equal(untimed(body), untimed(await printed(scene, ...words, ...at)));
  });

test('pages follow each other without a gap and without a repetition', async ({ scene }) => {
  const seen: string[] = [];
  let cursor = '';
  let total = 0;
  do {
    const { body } = await scene.ask(`/api/v1/principals?env=${LIVE}&limit=7${cursor}`);
    seen.push(...body.principals.map(({ principal }: { principal: string }) => principal));
    total = body.total;
    cursor = body.next === undefined ? '' : `&cursor=${body.next}`;
  } while (cursor !== '');
  assert.is(seen.length, total);
  assert.is(new Set(seen).size, total);
});

test('the matrix agrees with single answers, with facts and without', async ({ scene }) => {
  const facts = '&at=2027-01-05T12:00:00Z&from=203.0.113.7&managed=true&os=macos&diskEncrypted=true';
  const { body } = await scene.ask(`/api/v1/matrix?env=${LIVE}&limit=500${facts}`);
  const people = body.rows.filter(({ kind }: { kind: string }) => kind === 'principal').slice(0, 12);
  assert.ok(people.length > 5);
  for (const row of people)
    for (const [index, service] of body.services.entries()) {
      const { body: one } = await scene.ask(`/api/v1/services/${service}?env=${LIVE}`);
      const [port] = String(one.service.service.ports[0]).split('-');
      const answer = await scene.ask(
        `/api/v1/explanation?env=${LIVE}&principal=${row.id}&service=${service}&port=${port}${facts}`,
      );
      const allowed = ['always', 'conditions'].includes(row.cells[index].reach);
      if (answer.body.decision === 'allow') assert.ok(allowed, `${row.id} ${service}`);
      if (row.cells[index].reach === 'always')
        assert.is(answer.body.decision, 'allow', `${row.id} ${service}`);
      if (!allowed) assert.is(answer.body.decision, 'deny', `${row.id} ${service}`);
    }
});

test('an answer that is as it was is not sent again', async ({ scene }) => {
  const first = await scene.ask(`/api/v1/groups?env=${LIVE}`);
  const etag = first.headers.get('etag')!;
  assert.ok(etag);
  const again = await scene.ask(`/api/v1/groups?env=${LIVE}`, { headers: { 'if-none-match': etag } });
  assert.equal([again.status, again.body], [304, '']);
  const other = await scene.ask(`/api/v1/groups?env=${LIVE}`, { headers: { 'if-none-match': '"x"' } });
  assert.is(other.status, 200);
});

test('methods that are not there, and bodies that are none, are refused with problem details', async ({
  scene,
}) => {
  const deleted = await scene.ask('/api/v1/groups', { method: 'DELETE' });
  assert.equal([deleted.status, deleted.headers.get('content-type')], [405, 'application/problem+json']);
  const form = await scene.ask('/api/v1/proposals', { method: 'POST', body: 'kind=policy' });
  assert.is(form.status, 415);
  const headers = { 'content-type': 'application/json' };
  const broken = await scene.ask('/api/v1/proposals', { method: 'POST', body: '{', headers });
  assert.is(broken.status, 422);
  const large = await scene.ask('/api/v1/proposals', { method: 'POST', body: 'x'.repeat(200_000), headers });
  assert.is(large.status, 413);
  assert.is((await scene.ask('/api/v1/nothing')).status, 404);
});

test('the panel says how it is itself: requests by status, and how old what it knows of a store is', async ({
  scene,
}) => {
  assert.is((await scene.ask('/readyz')).status, 200);
  const { body } = await scene.ask('/metrics');
  assert.match(body, /^ztna_panel_requests_total\{status="200"\} [1-9]/m);
  const [, age] = /^ztna_panel_store_age_seconds\{environment="live"\} (\S+)$/m.exec(body) ?? [];
  assert.ok(Number(age) < 30, body);
});

test('the stream tells of a change at once, and then the change is there', async ({ scene }) => {
  const stop = new AbortController();
  const stream = await fetch(`${scene.panel.url}/api/v1/events`, { signal: stop.signal });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => (await reader.read()).value ?? '';
  assert.match(await next(), /^event: change\ndata: \{"version":\d+\}/);
  const began = Date.now();
  scene.write(
    'policies/groups/sales.yaml',
    `${scene.text('policies/groups/sales.yaml')}  - newcomer@example.com\n`,
  );
  let told = '';
  while (!told.includes('event: change')) told = await next();
  // Within a second where the machine does nothing else; without a watch it would be five.
  assert.ok(Date.now() - began < 4000, `${Date.now() - began} ms`);
  const { body } = await scene.ask(`/api/v1/groups/sales?env=${LIVE}`);
  assert.ok(body.everybody.includes('newcomer@example.com'));
  // What is in no commit is said to be so: a commit alone would be one that git has.
  const drift = await scene.ask(`/env/${LIVE}/drift`, { headers: { accept: 'text/html' } });
  const head = scene.git('rev-parse', 'HEAD').slice(0, 12);
  assert.match(drift.body, new RegExp(`Git wants</h2>.*?>${head} with changes</p>`, 's'));
  stop.abort();
  scene.git('checkout', '-q', 'policies/groups/sales.yaml');
});

test('ztna history --difference prints what the API answers, from when the later entry was issued', async ({
  scene,
}) => {
  const path = 'policies/groups/data.yaml';
  scene.write(path, `${scene.text(path)}  - late@example.com\n`);
  scene.git('commit', '-qam', 'Somebody joins');
  assert.is((await scene.publish()).type, 'published');
  const entries = async () => (await scene.ask(`/api/v1/history?env=${LIVE}`)).body.environments[0].entries;
  await until('the second entry is known', async () => (await entries()).length === 2);
  for (const from of [1, 2]) {
    const { body } = await scene.ask(`/api/v1/difference?env=${LIVE}&from=${from}&to=2`);
    assert.is(body.at, (await entries()).find((one: any) => one.sequence === 2).issuedAt);
    const words = ['history', '--env', LIVE, '--difference', `${from}..2`];
    const command = await printed(scene, ...words);
    // A command looks from the present on.
    const looked = (one: any) => JSON.parse(JSON.stringify(one).replaceAll(one.at, 'then'));
    assert.equal(looked(body), looked(command));
    if (from === 1) assert.ok(command.environments[0].gains.length > 0);
  }
});

test.run();
