import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { linkPrograms, processesOf } from '../../../tools/dev/start/scene.ts';
import { FOLDERS } from '../../../tools/load/sources.ts';
import { startIn } from '../../../tools/testing/run-cli.ts';
import { lookAt, startBrowser } from './browser.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** How a picture is taken: what of the environment's pages, how large, and in which scheme. */
interface Picture {
  name: string;
  path: string;
  width: number;
  height: number;
  colorScheme?: BrowserContextOptions['colorScheme'];
  /** What a person does before it is taken. */
  act?: (page: Page) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  { name: 'overview', path: '', width: 1240, height: 1180 },
  { name: 'access', path: '/access?focus=alice@example.com', width: 1240, height: 1000 },
  {
    ...{ name: 'matrix', width: 1240, height: 1000 },
    path: '/access?why=alice@example.com,payments&managed=true&from=203.0.113.7&search=a',
  },
  { name: 'history', path: '/history', width: 1240, height: 800 },
  {
    ...{ name: 'propose', path: '/propose/grant', width: 1240, height: 1180, act: fillGrant },
  },
  { name: 'phone', path: '', width: 390, height: 844, colorScheme: 'dark' },
];

/**
 * Takes the pictures of docs/panel.md: the company of this repository under a real `npm start`, with something carried.
 * @param built where cargo put the programs @param folder where pictures go
 */
export async function takePictures(built: string, folder: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'panel-pictures-'));
  for (const name of [...FOLDERS, 'CODEOWNERS'])
    cpSync(join(ROOT, name), join(root, name), { recursive: true });
  writeFileSync(join(root, '.gitignore'), '.ztna/\nnode_modules/\n');
  const git = (...words: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=Rosa', '-c', 'user.email=rosa@example.com', ...words], {
      cwd: root,
    });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Rosa');
  git('config', 'user.email', 'rosa@example.com');
  git('add', '-A');
  git('commit', '-qm', 'The company');
  await linkPrograms(root, built);
  const started = startIn(root, ['start', '--env', 'prod']);
  const browser = await startBrowser();
  let flows: Socket[] = [];
  try {
    const told = await started.says(/the admin panel: http:\S+/);
    const url = `${/http:\S+/.exec(told)![0]}/env/prod`;
    await started.says(/ reached/);
    const path = join(root, 'policies/groups/data.yaml');
    writeFileSync(path, `${readFileSync(path, 'utf8').trimEnd()}\n  - zoe@example.com\n`);
    git('commit', '-qam', 'Zoe joins the data team');
    await started.says(/sequence \d+ is in force/);
    await setTimeout(6000);
    flows = carry(root);
    await setTimeout(4000);
    for (const { name, path, width, height, colorScheme = 'light', act } of PICTURES) {
      const { page } = await lookAt(browser, `${url}${path}`, { viewport: { width, height }, colorScheme });
      await act?.(page);
      await page.locator('#live:not(.still)').waitFor();
      // What was exchanged is marked for a moment.
      await setTimeout(2500);
      await page.screenshot({ path: join(folder, `${name}.png`) });
      await page.context().close();
    }
  } finally {
    for (const one of flows) one.destroy();
    await browser.close();
    started.child.kill('SIGINT');
    await started.ended;
    rmSync(root, { recursive: true, force: true });
  }
}

async function fillGrant(page: Page): Promise<void> {
  const fields = { principal: 'bob@example.com', service: 'payments', time: '4h', ticket: 'SUP-1' };
  for (const [name, value] of Object.entries(fields))
    await page.locator(`form[data-preview] [name=${name}]`).first().fill(value);
  await page.locator('#preview h2', { hasText: 'Who must approve' }).waitFor();
}

/** Sends something through each place on this machine that the agent leads to a service. */
function carry(root: string): Socket[] {
  const places = processesOf(root).flatMap((line) =>
    [...line.matchAll(/127\.0\.0\.1:(\d+):[a-z0-9-]+:\d+/g)].map(([, port]) => Number(port)),
  );
  return [...new Set(places)].map((port, index) => {
    const socket = connect(port, '127.0.0.1');
    const chunk = Buffer.alloc(400 * (index + 1) ** 2);
    const timer = setInterval(() => socket.write(chunk), 100);
    socket
      .on('error', () => {})
      .on('close', () => clearInterval(timer))
      .resume();
    return socket;
  });
}
