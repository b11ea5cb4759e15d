import type { Browser, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { Connection } from '../../../tools/github/connection/connection.ts';
import { Bare } from '../../../tools/github/testing/bare-repository.ts';
import { startGithub, type GithubServer } from '../../../tools/github/testing/server.ts';
import type { RunningServer } from '../../../tools/serve/server.ts';
import { suite } from '../../../tools/testing/suite.ts';
import { startPanel } from '../panel.ts';
import { loopbackSignIn } from '../security/sign-in.ts';
import { workingTreeFiles } from '../state/files.ts';
import { CHROMIUM, lookAt, startBrowser, violationsOn } from './browser.ts';
import { LIVE, newScene, ROSA, until, type PanelScene } from './scene.ts';

interface Context {
  scene: PanelScene;
  github: GithubServer;
  panel: RunningServer;
  browser: Browser;
}

const test = suite<Context>('admin panel: every proposal to its pull request');

/** What a person fills in, by form; and what the branch then has. */
const PROPOSALS: readonly [
  kind: string,
  fields: Readonly<Record<string, string>>,
  has: [path: string, line: RegExp],
][] = [
  [
    'service',
    {
      ...{ id: 'ledger', description: 'The ledger', owner: 'data', ports: '443', labels: 'tier=internal' },
      ...{ connector: `${LIVE}/apps`, backend: 'ledger.internal:443' },
    },
    [`environments/${LIVE}/connectors/apps.yaml`, /service: ledger/],
  ],
  [
    'policy',
    {
      ...{ id: 'platform-syslog', description: 'The platform team tries syslog', owner: 'platform' },
      ...{
        groups: 'platform-team',
        services: 'syslog',
        from: '203.0.113.0/24',
        managed: 'true',
        expires: '2027-12-31',
      },
    },
    ['policies/access/platform-syslog.yaml', /expires: 2027-12-31T00:00:00Z/],
  ],
  [
    'join',
    { principal: 'elif@example.com', group: 'sales', reason: 'She helps out' },
    ['policies/groups/sales.yaml', /elif@/],
  ],
  [
    'leave',
    { principal: 'noah@audit.example.org', group: 'auditors' },
    ['policies/groups/auditors.yaml', /^(?![^]*noah@)/],
  ],
  [
    'grant',
    { principal: 'bob@example.com', service: 'wiki', time: '4h', ticket: 'SUP-1' },
    ['policies/access/grant-bob-wiki', /ticket: SUP-1/],
  ],
  ['remove', { what: 'policy', id: 'scanner-web' }, ['policies/access/scanner-web.yaml', /^$/]],
  [
    'file',
    {
      path: 'policies/groups/night-shift.yaml',
      text: 'id: night-shift\ndescription: Who works at night\nowner: support\nmembers: [bob@example.com] # for now\n',
    },
    ['policies/groups/night-shift.yaml', /# for now/],
  ],
  ['revert', { to: '1' }, ['policies/groups/data.yaml', /^(?![^]*late@)/]],
];

if (CHROMIUM === undefined)
  test.skip('every proposal', 'chromium is not installed here: apt-get install chromium');
else {
  test.before(async (context) => {
    const scene = (context.scene = await newScene());
    await scene.publish();
    scene.write(
      'policies/groups/data.yaml',
      `${scene.text('policies/groups/data.yaml')}  - late@example.com\n`,
    );
    scene.git('commit', '-qam', 'Somebody joins');
    await scene.publish();
    context.github = await startGithub(Date.now, new Bare(`${scene.root}/.git`));
    const { url, token } = context.github;
    context.panel = await startPanel({
      ...{
        host: '127.0.0.1',
        port: 0,
        revision: 'main',
        state: scene.state,
        storeKind: 'embedded',
        pollMs: 200,
      },
      ...{
        files: workingTreeFiles(scene.root, Date.now),
        signIn: loopbackSignIn(ROSA),
        accessLogs: { files: () => [] },
      },
      github: new Connection({
        token,
        url,
        repository: 'example/access',
        signal: new AbortController().signal,
      }),
      log: () => {},
    });
    const history = async () =>
      (await fetch(`${context.panel.url}/api/v1/history/2?env=${LIVE}`)).status === 200;
    await until('the log is known', history);
    context.browser = await startBrowser();
  });
  test.after(async ({ browser, panel, github, scene }) => {
    await browser.close();
    await panel.close();
    await github.close();
    await scene.close();
  });

  for (const [kind, fields, [path, line]] of PROPOSALS)
    test(`${kind}: filled in, looked at, and opened as a pull request`, async ({
      browser,
      panel,
      github,
      scene,
    }) => {
      const { page, troubles } = await lookAt(browser, `${panel.url}/env/${LIVE}/propose/${kind}`);
      for (const [name, value] of Object.entries(fields)) await fill(page, name, value);
      await page.locator('#preview h2', { hasText: 'Who must approve' }).waitFor({ timeout: 20_000 });
      assert.equal(await violationsOn(page), []);
      await page.locator('button[value=open]').click();
      const link = page.locator('#preview a', { hasText: /^Pull request \d+/ });
      await link.waitFor({ timeout: 20_000 });
      const branch = await branchOf(github, await link.getAttribute('href'), scene);
      const files = scene.git('ls-tree', '-r', '--name-only', branch).split('\n');
      const file = files.find((one) => one.startsWith(path));
      const text = file === undefined ? '' : scene.git('show', `${branch}:${file}`);
      assert.match(text, line);
      assert.match(
        scene.git('log', '-1', '--format=%B', branch),
        new RegExp(`Co-authored-by: ${ROSA.name} <${ROSA.email}>`),
      );
      assert.equal(troubles, []);
      assert.equal(github.faults, []);
      await page.context().close();
    });
}

async function fill(page: Page, name: string, value: string): Promise<void> {
  const field = page.locator(`form[data-preview] [name="${name}"]`).first();
  if ((await field.evaluate((one: unknown) => (one as { tagName: string }).tagName)) === 'SELECT')
    await field.selectOption(value);
  else await field.fill(value);
}

/** The branch of the pull request that a link leads to. */
async function branchOf(github: GithubServer, href: string | null, scene: PanelScene): Promise<string> {
  assert.match(href ?? '', /\/pull\/\d+$/);
  const answer = await fetch(`${github.url}/repos/example/access/pulls/${href!.split('/').at(-1)}`, {
    headers: { authorization: `token ${github.token}` },
  });
  const { head } = (await answer.json()) as { head: { ref: string } };
  assert.ok(scene.git('rev-parse', head.ref));
  return head.ref;
}

test.run();
