import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { AlbJwksCache } from 'aws-jwt-verify/alb-cache';
import { FetchError } from 'aws-jwt-verify/error';
import * as assert from 'uvu/assert';
import { suite } from '../../../tools/testing/suite.ts';
import { LIVE, newScene, type PanelScene } from '../testing/scene.ts';
import { albSignIn, loopbackSignIn } from './sign-in.ts';
import { RateLimit } from './rate.ts';

// slow: panels run
const test = suite<{ scene: PanelScene; signed: PanelScene }>('admin panel: who may what');

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/panel/0123456789abcdef';
const ISSUER = 'https://login.example.com';
const CLIENT = 'ztna-panel';
const KID = randomUUID();
const [OURS, OTHERS] = [
  generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  generateKeyPairSync('ec', { namedCurve: 'P-256' }),
];

/** The key endpoint of the load balancer's region, as the verifier asks it. */
const KEYS = new AlbJwksCache({
  fetcher: {
    async fetch(uri) {
      if (uri !== `https://public-keys.auth.elb.eu-west-1.amazonaws.com/${KID}`)
        throw new FetchError(uri, 'no such key');
      return new TextEncoder().encode(OURS.publicKey.export({ type: 'spki', format: 'pem' }) as string)
        .buffer as ArrayBuffer;
    },
  },
});

const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;
const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Forged {
  header?: object;
  payload?: object;
  key?: KeyObject;
}

/** A token as the load balancer makes it, but for what is given. */
function token({ header = {}, payload = {}, key = OURS.privateKey }: Forged = {}): string {
  const exp = inAnHour();
  const head = base64({
    typ: 'JWT',
    kid: KID,
    alg: 'ES256',
    iss: ISSUER,
    client: CLIENT,
    signer: ARN,
    exp,
    ...header,
  });
  const body = base64({
    sub: 'u-1',
    email: 'alice@example.com',
    name: 'Alice',
    iss: ISSUER,
    exp,
    ...payload,
  });
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' });
  return `${head}.${body}.${signature.toString('base64url')}`;
}

test.before(async (context) => {
  context.scene = await newScene();
  context.signed = await newScene({
    signIn: albSignIn({ albArn: ARN, issuer: ISSUER, clientId: CLIENT, keys: KEYS }),
  });
});
test.after(async ({ scene, signed }) => {
  await scene.close();
  await signed.close();
});

const as = (scene: PanelScene, jwt: string | undefined, path = '/api/v1/me', options: RequestInit = {}) =>
  scene.ask(path, {
    ...options,
    headers: { ...options.headers, ...(jwt !== undefined && { 'x-amzn-oidc-data': jwt }) },
  });

test('a token of the load balancer signs a person in, with the groups of the YAML', async ({ signed }) => {
  const { status, body } = await as(signed, token());
  assert.is(status, 200, JSON.stringify(body));
  assert.is(body.name, 'alice@example.com');
  assert.ok(body.groups.includes('payments-admins'));
});

const BAD: [what: string, jwt: () => string | undefined][] = [
  ['none', () => undefined],
  ['an empty one', () => ''],
  ['no token', () => 'x.y.z'],
  ['another key', () => token({ key: OTHERS.privateKey })],
  ['another signer', () => token({ header: { signer: ARN.replace('panel', 'other') } })],
  ['another issuer', () => token({ payload: { iss: 'https://evil.example.com' } })],
  ['another client', () => token({ header: { client: 'other' } })],
  ['an expired one', () => token({ header: { exp: 1_700_000_000 }, payload: { exp: 1_700_000_000 } })],
  [
    'no algorithm',
    () =>
      `${base64({ kid: KID, alg: 'none', signer: ARN, client: CLIENT, iss: ISSUER })}.${base64({ sub: 'u', exp: inAnHour() })}.`,
  ],
  ['another algorithm', () => token({ header: { alg: 'HS256' } })],
  ['a key id that is a path', () => token({ header: { kid: '../../evil' } })],
];

for (const [what, jwt] of BAD)
  test(`a sign-in with ${what} is refused`, async ({ signed }) => {
    for (const path of ['/api/v1/me', `/env/${LIVE}`, '/api/v1/events', '/assets/panel.css']) {
      const { status, body } = await as(signed, jwt(), path);
      assert.is(status, 401, path);
      assert.not.match(JSON.stringify(body), /payments/);
    }
  });

test('keys that cannot be read are no decision about the token', async ({ signed }) => {
  const { status } = await as(signed, token({ header: { kid: randomUUID() } }));
  assert.is(status, 503);
});

test('an address that the provider has not verified is nobody’s', async ({ signed }) => {
  const { body } = await as(signed, token({ payload: { email_verified: 'false' } }));
  assert.is(body.name, 'u-1');
});

test('what one may see and propose follows from groups in the YAML', async ({ signed }) => {
  const path = `environments/${LIVE}/environment.yaml`;
  const before = signed.text(path);
  const panel = 'viewers: [engineering, sales]\n  proposers: [payments-admins]\n  logReaders: [security]\n';
  signed.write(path, before.replace(/^adminPanel:\n/m, `adminPanel:\n  ${panel}`));
  assert.match(signed.text(path), /logReaders/);
  const granted = async () =>
    (await as(signed, token({ payload: { email: 'nobody@example.com' } }), `/env/${LIVE}`)).status === 403;
  for (let tries = 0; tries < 200 && !(await granted()); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const [alice, outsider] = [token(), token({ payload: { email: 'nobody@example.com' } })];
  const seller = token({
    payload: { email: signed.text('policies/groups/sales.yaml').match(/- (\S+@\S+)/)![1]! },
  });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ kind: 'join', group: 'data', principal: 'x@example.com' });
  const propose = (jwt: string) =>
    as(signed, jwt, `/api/v1/proposals/preview?env=${LIVE}`, { method: 'POST', headers, body });
  assert.is((await as(signed, alice, `/env/${LIVE}`)).status, 200);
  assert.is((await as(signed, seller, `/env/${LIVE}`)).status, 200);
  // Whatever way the name is written.
  for (const name of [LIVE, 'li%76e', encodeURIComponent(LIVE)])
    for (const of of [`/env/${name}`, `/api/v1/overview?env=${name}`, `/env/${name}/services/payments`])
      assert.is((await as(signed, outsider, of)).status, 403, of);
  const seen = (await as(signed, outsider, '/api/v1/status')).body.environments;
  assert.not.ok(seen.some(({ environment }: { environment: string }) => environment === LIVE));
  assert.is((await as(signed, alice, `/api/v1/access-log?env=${LIVE}`)).status, 403);
  assert.is((await propose(alice)).status, 200);
  signed.log.length = 0;
  assert.is((await propose(seller)).status, 403);
  const [{ audit, refused } = {}] = signed.log;
  assert.equal([audit, /may not propose/.test(String(refused))], ['proposal', true]);
  signed.write(path, before);
});

test('without sign-in it answers the loopback interface alone', async () => {
  const signIn = loopbackSignIn({ name: 'Rosa', email: 'rosa@example.com' });
  const from = (peer: string | undefined) => signIn({ peer, header: () => undefined });
  for (const peer of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
    assert.not.ok('refused' in (await from(peer)), peer);
  for (const peer of ['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', '127.evil', undefined])
    assert.ok('refused' in (await from(peer)), String(peer));
});

test('under another name, or for a page from elsewhere, it answers nothing', async ({ scene }) => {
  const { request } = await import('node:http');
  const raw = (
    path: string,
    headers: Record<string, string>,
    method = 'GET',
  ): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const asked = request(`${scene.panel.url}${path}`, { method, headers }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve({ status: answer.statusCode!, text }));
      });
      asked.on('error', reject).end();
    });
  const own = new URL(scene.panel.url).host;
  assert.is((await raw(`/env/${LIVE}`, { host: own })).status, 200);
  const refused: [Record<string, string>, string?][] = [
    [{ host: 'evil.example.com' }],
    [{ host: own, origin: 'https://evil.example.com' }],
    [{ host: own, origin: 'null' }],
    [{ host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    [{ host: own, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
    [{ host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 'POST'],
  ];
  for (const [headers, method] of refused)
    for (const path of [`/env/${LIVE}`, '/api/v1/status', '/api/v1/events']) {
      const { status, text } = await raw(path, headers, method);
      assert.is(status, 403, `${path} ${JSON.stringify(headers)}`);
      assert.not.match(text, /payments/);
    }
  // A link from elsewhere leads here.
  assert.is(
    (await raw(`/env/${LIVE}`, { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }))
      .status,
    200,
  );
});

test('a form needs the token of its own browser', async ({ scene }) => {
  const page = await scene.ask(`/env/${LIVE}/propose/join`);
  const cookie = page.headers.get('set-cookie')!;
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Strict/);
  const value = cookie.split(';')[0]!;
  const [, field] = /name="form-token" value="([^"]+)"/.exec(page.body) ?? [];
  const send = (headers: Record<string, string>, sent: string) =>
    scene.ask(`/env/${LIVE}/propose/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({
        'form-token': sent,
        do: 'preview',
        group: 'data',
        principal: 'x@example.com',
      }).toString(),
    });
  assert.is((await send({ cookie: value }, field!)).status, 200);
  assert.is((await send({}, field!)).status, 403);
  assert.is((await send({ cookie: value }, 'x'.repeat(22))).status, 403);
  assert.is((await send({ cookie: 'ztna-form=' }, '')).status, 403);
});

test('every answer forbids what is inline, and frames', async ({ scene }) => {
  for (const path of [`/env/${LIVE}`, '/api/v1/me', '/assets/panel.js', '/nothing']) {
    const { headers, body } = await scene.ask(path, { headers: { accept: 'text/html' } });
    const policy = headers.get('content-security-policy')!;
    assert.match(policy, /default-src 'none'/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.not.match(policy, /unsafe|\*/, path);
    if (typeof body === 'string' && body.startsWith('<!doctype'))
      assert.not.match(body, /<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:/i, path);
  }
});

test('hostile text in the files has no meaning on any page', async ({ scene }) => {
  const evil = '<img src=x onerror=alert(1)>"\'><script>alert(1)</script>&amp;';
  // Every text that is free: descriptions, reasons and values of labels of whatever there is; and a name as odd as may be.
  const [label, odd] = ['<img src=x onerror=alert(2)>', "a&amp='{x}|/b@example.com"];
  const files = scene.git('ls-files', 'policies', 'environments').split('\n');
  let replaced = 0;
  for (const file of files) {
    const text = scene.text(file);
    const put = (_: string, key: string): string => (replaced++, `${key}${JSON.stringify(evil)}`);
    const hostile = text
      .replaceAll('kind: application', `kind: "${label}"`)
      .replace(/^(id: sales\n[^]*^members:)$/m, `$1\n  - ${JSON.stringify(odd)}`)
      .replace(/^( *(?:- )?(?:description|reason): ).*$/gm, put)
      .replace(/([{,] *(?:description|reason): )(?:"[^"]*"|[^,}\n]+)/g, put);
    if (hostile !== text) scene.write(file, hostile);
  }
  assert.ok(replaced > 30, `${replaced} texts`);
  const shows = async () => (await scene.ask(`/env/${LIVE}/groups/sales`)).body.includes('onerror');
  for (let tries = 0; tries < 200 && !(await shows()); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const pages = [
    '',
    '/groups',
    '/groups/sales',
    '/services',
    '/services/wiki',
    '/policies',
    '/policies/everyone-wiki',
    '/access',
    '/drift',
    '/people',
    '/people/alice@example.com',
    `/people/${encodeURIComponent(odd)}`,
    '/history/1',
    '/propose/file?path=policies/groups/sales.yaml',
    '/components/connector/apps',
    '/history',
    '/search?q=onerror',
    '/file?path=policies/guardrails.yaml',
    `/file?path=environments/${LIVE}/environment.yaml`,
    '/access?why=alice@example.com,wiki',
  ];
  const words = encodeURIComponent('"><script>x</script>');
  pages.push(
    `/search?q=${words}`,
    `/access?search=${words}`,
    `/access?focus=${words}`,
    `/propose/grant?principal=${words}`,
    '/file?path=policies/groups/sales.yaml',
  );
  for (const page of pages) {
    const { body, status } = await scene.ask(`/env/${LIVE}${page}`);
    assert.ok(status < 500, `${page} ${status}`);
    assert.not.match(body, /<img|<script>|<script [^s]/, page);
  }
  const body = async (path: string) => (await scene.ask(`/env/${LIVE}${path}`)).body as string;
  assert.match(await body('/groups/sales'), /&lt;img src=x/);
  assert.match(await body('/services/wiki'), /&lt;img src=x onerror=alert\(2\)&gt;/);
  assert.match(
    await body(`/people/${encodeURIComponent(odd)}`),
    /<h1[^>]*>[^<]*a&amp;amp=&#39;\{x\}\|\/b@example/,
  );
  scene.git('checkout', '-q', 'policies', 'environments');
});

test('who asks too often waits, and nobody else does', () => {
  let now = 0;
  const limit = new RateLimit({ burst: 3, perSecond: 2 }, () => now);
  const take = (who: string) => limit.take(who);
  assert.equal(['a', 'a', 'a', 'a', 'b'].map(take), [0, 0, 0, 1, 0]);
  now += 500;
  assert.equal(['a', 'a'].map(take), [0, 1]);
});

test('a request too many is answered with problem details, and says when to try again', async () => {
  const scene = await newScene({ looks: { burst: 2, perSecond: 0.01 } });
  try {
    const answers = [];
    for (let tries = 0; tries < 3; tries++) answers.push(await scene.ask('/api/v1/me'));
    assert.equal(
      answers.map(({ status }) => status),
      [200, 200, 429],
    );
    const { headers, body } = answers[2]!;
    assert.is(headers.get('content-type'), 'application/problem+json');
    assert.equal([body.status, body.title], [429, 'Too Many Requests']);
    assert.ok(Number(headers.get('retry-after')) > 90, String(headers.get('retry-after')));
    // What proposals are worked out by is counted apart.
    const headersOf = { 'content-type': 'application/json' };
    const write = await scene.ask('/api/v1/proposals/preview', {
      method: 'POST',
      headers: headersOf,
      body: '{',
    });
    assert.is(write.status, 422);
  } finally {
    await scene.close();
  }
});

test.run();
