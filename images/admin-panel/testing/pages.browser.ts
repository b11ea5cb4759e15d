import type { Browser } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../../../tools/testing/suite.ts';
import { LIVE, newScene, until, type PanelScene } from './scene.ts';
import { CHROMIUM, lookAt, overflowOf, squeezedOn, startBrowser, violationsOn } from './browser.ts';

const test = suite<{ scene: PanelScene; browser: Browser }>('admin panel: in a browser');

/** One page of each kind, with a text that it must show. */
const PAGES: readonly [path: string, shows: RegExp][] = [
  ['', /Sequence \d+ is enforced by/],
  ['/access?focus=alice@example.com&why=alice@example.com,payments', /Why alice@example\.com reaches/],
  ['/services', /payments/],
  ['/services/payments', /Policies that decide/],
  ['/people/alice@example.com', /What it reaches/],
  ['/groups/engineering', /Members/],
  ['/policies/payments-admins', /The file/],
  ['/components/connector/apps', /Instances/],
  ['/history', /Every entry of epoch/],
  ['/history/1', /Digest of the entry/],
  ['/propose/policy', /What it would change/],
  ['/drift', /Holds/],
  ['/search?q=pay', /payments-admins/],
  ['/services/paymnets', /did you mean `payments`/],
];

/** How each page is looked at: both sizes and both colour schemes once, or each with each where everything is proved. */
const SIGHTS = [
  [1280, 'light'],
  [320, 'dark'],
  ...(process.env['ZTNA_PROVE'] === undefined
    ? []
    : ([
        [1280, 'dark'],
        [320, 'light'],
      ] as const)),
] as const;

/** The most bytes that a first page may be, all in all. */
const MOST_BYTES = 100_000;

const skipped = CHROMIUM === undefined;
if (skipped) test.skip('every page', 'chromium is not installed here: apt-get install chromium');
else {
  test.before(async (context) => {
    context.scene = await newScene();
    await context.scene.publish();
    await context.scene.follow();
    await until(
      'it converges',
      async () => {
        const { body } = await context.scene.ask(`/api/v1/overview?env=${LIVE}`);
        return body.convergence.converged as boolean;
      },
      30,
    );
    context.browser = await startBrowser();
  });
  test.after(async ({ scene, browser }) => {
    await browser.close();
    await scene.close();
  });

  for (const [path, shows] of PAGES)
    test(`/env/${LIVE}${path}: wide and narrow, light and dark, without a violation`, async ({
      scene,
      browser,
    }) => {
      const url = `${scene.panel.url}/env/${LIVE}${path}`;
      const looked = await lookAt(browser, url);
      const { page, troubles } = looked;
      assert.match(await page.locator('body').innerText(), shows);
      for (const [width, colorScheme] of SIGHTS) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        assert.equal(await violationsOn(page), [], `${width} ${colorScheme}`);
        assert.ok((await overflowOf(page)) <= 0, `it is wider than ${width} px`);
        assert.equal(await squeezedOn(page), [], `at ${width} px`);
      }
      assert.ok((await looked.bytes()) < MOST_BYTES, `${await looked.bytes()} bytes`);
      assert.equal(
        troubles.filter((one) => !/status of 404/.test(one)),
        [],
      );
      await page.context().close();
    });

  test('on paper there is what the page says, when it was so, and nothing to click; black on white', async ({
    scene,
    browser,
  }) => {
    for (const path of ['/services/payments', '/access?focus=alice@example.com', '/history/1']) {
      // An A4 sheet between its margins, in CSS pixels.
      const { page } = await lookAt(browser, `${scene.panel.url}/env/${LIVE}${path}`, {
        viewport: { width: 688, height: 1000 },
        colorScheme: 'dark',
      });
      await page.emulateMedia({ media: 'print' });
      assert.match(await page.locator('.paper-only').first().innerText(), /live/, path);
      for (const clickable of ['form', '.top', 'button'])
        assert.is(await page.locator(clickable).filter({ visible: true }).count(), 0, `${path} ${clickable}`);
      assert.is(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
      assert.ok((await overflowOf(page)) <= 0, path);
      await page.context().close();
    }
  });

  test('every page can be left and entered by keyboard, and the first stop is the content', async ({
    scene,
    browser,
  }) => {
    const { page } = await lookAt(browser, `${scene.panel.url}/env/${LIVE}`);
    await page.keyboard.press('Tab');
    assert.is(await page.evaluate('document.activeElement.textContent'), 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.match(page.url(), /#main$/);
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate('document.querySelector("main").contains(document.activeElement)'));
    await page.context().close();
  });

  test('an edit on disk appears without a reload, and what one types in stays', async ({
    scene,
    browser,
  }) => {
    const { page } = await lookAt(browser, `${scene.panel.url}/env/${LIVE}/groups/sales`);
    await page.locator('#live:not(.still)').waitFor();
    await page.locator('input[name=q]').fill('half a wor');
    await page.evaluate('window.mine = true');
    const path = 'policies/groups/sales.yaml';
    const before = scene.text(path);
    const began = Date.now();
    scene.write(path, `${before}  - newcomer@example.com\n`);
    await page.locator('#members >> text=newcomer@example.com').waitFor({ timeout: 8000 });
    console.log(`an edit on disk is on the page after ${Date.now() - began} ms`);
    assert.ok(await page.evaluate('window.mine'), 'the page was loaded again');
    assert.is(await page.locator('input[name=q]').inputValue(), 'half a wor');
    scene.write(path, before);
    await page.context().close();
  });

  test('a component that ends is no longer green, and is when it is back', async ({ scene, browser }) => {
    const { page } = await lookAt(browser, `${scene.panel.url}/env/${LIVE}`);
    await page.locator('#live:not(.still)').waitFor();
    const row = page.locator('#instances tr', { hasText: 'connector/apps' });
    await row.locator('.tag.ok').waitFor();
    const all = [...scene.followers.progress().keys()];
    await scene.followers.keep(all.filter((one) => one !== 'connector/apps'));
    await row.locator('.tag.off').waitFor({ timeout: 8000 });
    assert.match(await page.locator('#attention').innerText(), /connector\/apps/);
    assert.match(await page.locator('#state').innerText(), /stopped: 1 of/);
    await scene.followers.keep(all);
    await row.locator('.tag.ok').waitFor({ timeout: 8000 });
    await page.context().close();
  });

  test('the store away: what was known stays, and says how old it is', async ({ scene, browser }) => {
    const { page } = await lookAt(browser, `${scene.panel.url}/env/${LIVE}`);
    await page.locator('#live:not(.still)').waitFor();
    await scene.followers.stop();
    await scene.loseStore();
    await page.locator('#banners >> text=The store is away').waitFor({ timeout: 8000 });
    assert.match(await page.locator('#convergence').innerText(), /Sequence \d+ is enforced/);
    assert.equal(await violationsOn(page), []);
    const other = await lookAt(browser, `${scene.panel.url}/env/${LIVE}/access`);
    assert.match(await other.page.locator('#banners').innerText(), /its state as of/);
    await other.page.context().close();
    await scene.findStore();
    await page.locator('#banners >> text=The store is away').waitFor({ state: 'detached', timeout: 8000 });
    await page.context().close();
  });

  test('files with errors: what is in force is still shown', async ({ scene, browser }) => {
    const path = 'policies/access/everyone-wiki.yaml';
    const before = scene.text(path);
    scene.write(path, before.replace('effect: allow', 'effect: perhaps'));
    await until(
      'it is noticed',
      async () => (await scene.ask(`/env/${LIVE}`)).body.includes('have 1 error'),
      10,
    );
    const { page } = await lookAt(browser, `${scene.panel.url}/env/${LIVE}/services/wiki`);
    assert.match(await page.locator('#banners').innerText(), /The newest files have 1 error/);
    assert.match(await page.locator('#policies').innerText(), /everyone-wiki/);
    assert.equal(await violationsOn(page), []);
    scene.write(path, before);
    await page.context().close();
  });

  test('keys and values of the schemas are suggested in the YAML, by keyboard', async ({
    scene,
    browser,
  }) => {
    const url = `${scene.panel.url}/env/${LIVE}/propose/file?path=policies/access/new.yaml`;
    const { page, troubles } = await lookAt(browser, url);
    const text = page.locator('#f-text');
    const options = page.locator('#completions [role=option]');
    const suggested = async () => (await options.allInnerTexts()).map((one) => one.split(/\s/)[0]);
    await text.fill('id: new\n');
    await text.press('End');
    await text.pressSequentially('eff');
    await options.first().waitFor();
    assert.equal(await suggested(), ['effect']);
    await text.press('Tab');
    await text.pressSequentially('a');
    await options.first().waitFor();
    assert.equal(await suggested(), ['allow']);
    await text.press('ArrowDown');
    assert.is(await text.getAttribute('aria-activedescendant'), 'completion-0');
    assert.equal(await violationsOn(page), []);
    await text.press('Enter');
    assert.is(await text.inputValue(), 'id: new\neffect: allow');
    // Below a key, inside braces, and names of groups in a list.
    await text.pressSequentially('\nwhen:\n  hours: { time');
    await options.first().waitFor();
    assert.equal(await suggested(), ['timezone']);
    await text.press('Escape');
    await text.pressSequentially('zone: UTC }\nwho: { groups: [eng');
    await options.first().waitFor();
    assert.equal(await suggested(), ['engineering']);
    await text.press('Tab');
    assert.match(await text.inputValue(), /who: \{ groups: \[engineering$/);
    // A press on the button below the list meets it, although the list goes away.
    await text.pressSequentially('] }\nwha');
    await options.first().waitFor();
    await page.evaluate('window.mine = true');
    await page.locator('button[value=preview]').click();
    await page.waitForFunction('window.mine === undefined && document.readyState === "complete"');
    assert.equal(troubles, []);
    await page.context().close();
  });

  test('what a change would do is worked out while one types, and without script on a click', async ({
    scene,
    browser,
  }) => {
    for (const javaScriptEnabled of [true, false]) {
      const { page, troubles } = await lookAt(browser, `${scene.panel.url}/env/${LIVE}/propose/join`, {
        javaScriptEnabled,
      });
      await page.locator('input[name=principal]').fill('zoe@example.com');
      await page.locator('input[name=group]').fill('data');
      if (!javaScriptEnabled) await page.locator('button[value=preview]').click();
      await page.locator('#preview h2', { hasText: 'Who must approve' }).waitFor({ timeout: 15_000 });
      const said = await page.locator('#preview').innerText();
      assert.match(said, /zoe@example\.com gains/, said);
      if (javaScriptEnabled) assert.equal(await violationsOn(page), []);
      assert.equal(troubles, []);
      await page.context().close();
    }
  });
}

test.run();
