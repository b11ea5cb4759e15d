import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import * as assert from 'uvu/assert';
import { builtPrograms, processesOf, writeScene } from '../../../tools/dev/start/scene.ts';
import { type CliProcess, startIn } from '../../../tools/testing/run-cli.ts';
import { suite } from '../../../tools/testing/suite.ts';
import { CHROMIUM, lookAt, startBrowser } from './browser.ts';

/** An `npm start` with its real programs, and a browser at the link that it prints. */
interface Context {
  root: string;
  started: CliProcess;
  url: string;
  browser: Browser;
}

const test = suite<Context>('admin panel: beside a real npm start');
const built = builtPrograms();

/** Milliseconds in which an edit on disk must be on the page. */
const EDIT_MS = 1000;
const EDITS = 9;

if (CHROMIUM === undefined || built === undefined)
  test.skip(
    'an edit, and components that are killed',
    CHROMIUM === undefined
      ? 'chromium is not installed here: apt-get install chromium'
      : 'the data plane is not built here: cargo build --manifest-path images/Cargo.toml --bins',
  );
else {
  test.before(async (context) => {
    context.root = mkdtempSync(join(tmpdir(), 'panel-start-'));
    await writeScene(context.root, built);
    context.started = startIn(context.root, ['start']);
    const told = await context.started.says(/the admin panel: http:\S+/);
    context.url = /http:\S+/.exec(told)![0];
    await context.started.says(/wiki tcp\/443\s+reached/);
    context.browser = await startBrowser();
  });
  test.after(async ({ browser, started, root }) => {
    await browser.close();
    started.child.kill('SIGINT');
    assert.is(await started.ended, 0);
    rmSync(root, { recursive: true, force: true });
  });

  test('an edit on disk is on the page within a second, without a reload', async ({ browser, url, root }) => {
    const { page } = await lookAt(browser, `${url}/env/lab/groups/staff`);
    await page.locator('#live:not(.still)').waitFor();
    await page.evaluate('window.mine = true');
    const path = join(root, 'policies/groups/staff.yaml');
    const before = readFileSync(path, 'utf8');
    const times: number[] = [];
    for (let count = 0; count < EDITS; count++) {
      // The page says when: whoever asks it would only learn later.
      const seen = page.evaluate(`new Promise((resolve) => {
        const look = () => document.getElementById('members').textContent.includes('new-${count}@')
          ? resolve(Date.now()) : requestAnimationFrame(look);
        look();
      })`) as Promise<number>;
      const began = Date.now();
      writeFileSync(path, `${before}  - new-${count}@example.com\n`);
      times.push((await seen) - began);
    }
    writeFileSync(path, before);
    times.sort((a, b) => a - b);
    console.log(`an edit on disk is on the page after ${times.join(', ')} ms`);
    assert.ok(await page.evaluate('window.mine'), 'the page was loaded again');
    assert.ok(times[Math.floor(EDITS / 2)]! < EDIT_MS, `the middle is ${times[Math.floor(EDITS / 2)]} ms`);
    await page.context().close();
  });

  for (const [component, program] of [
    ['connector/apps', 'app-connector'],
    ['intermediate/one', 'intermediate-server'],
  ] as const)
    test(`${component} is killed and turns red; it comes back and is green`, async ({
      browser,
      url,
      root,
    }) => {
      const { page } = await lookAt(browser, `${url}/env/lab`);
      await page.locator('#live:not(.still)').waitFor();
      const row = page.locator('#instances tr', { hasText: component });
      await row.locator('.tag.ok').waitFor();
      let isRed = false;
      const red = row
        .locator('.tag.bad')
        .waitFor({ timeout: 20_000 })
        .then(() => (isRed = true));
      // It is started again at once, and later each time: it is killed until somebody can have seen it.
      let kills = 0;
      while (!isRed && kills < 40) {
        const [line] = processesOf(root).filter((one) => one.split(' ')[1]?.endsWith(program));
        if (line) {
          process.kill(Number(line.split(' ')[0]), 'SIGKILL');
          kills++;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await red;
      console.log(`${component} is red after it was killed ${kills} times`);
      assert.match(await row.innerText(), /its program does not run/);
      assert.match(await page.locator('#attention').innerText(), new RegExp(component));
      assert.match(await page.locator('#state').innerText(), /gone: 1 of/);
      await row.locator('.tag.ok').waitFor({ timeout: 20_000 });
      await page.locator('#attention', { hasText: 'Nothing needs attention' }).waitFor({ timeout: 20_000 });
      await page.context().close();
    });
}

test.run();
