import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Where Debian's package `chromium` puts it, and where others do. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser that is installed here; undefined where none is. */
export const CHROMIUM = [process.env['ZTNA_CHROMIUM'], ...PLACES].find((path) => path && existsSync(path));

/** Starts the browser. */
export function startBrowser(): Promise<Browser> {
  // In a container without user namespaces its sandbox cannot be made; it only sees our own pages.
  return chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A page, what it was told to complain about, and how many bytes it was sent. */
export interface OpenPage {
  page: Page;
  /** What the browser's console and the network said was wrong. */
  troubles: string[];
  /** Bytes of all answers, as they came over the network. */
  bytes: () => Promise<number>;
}

/** Opens a page of its own. @param options colour scheme, size, whether there is script */
export async function lookAt(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const troubles: string[] = [];
  const sizes: Promise<number>[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('requestfinished', (request) =>
    sizes.push(
      request.sizes().then(
        (one) => one.responseBodySize + one.responseHeadersSize,
        () => 0,
      ),
    ),
  );
  await page.goto(url);
  return {
    page,
    troubles,
    bytes: async () => (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0),
  };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with a page as it is shown: rule and place, a line each. */
export async function violationsOn(page: Page): Promise<string[]> {
  // In a world of its own: the page lets no script in but its own, and need not.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = (await session.send('Page.getFrameTree')) as { frameTree: { frame: { id: string } } };
  const { executionContextId } = (await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  })) as { executionContextId: number };
  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await session.send('Runtime.evaluate', {
      ...{ expression, contextId: executionContextId, awaitPromise: true, returnByValue: true },
    });
    if (answer.exceptionDetails)
      throw new Error(answer.exceptionDetails.exception?.description ?? 'axe failed');
    return answer.result.value;
  };
  await evaluate(AXE);
  const found = (await evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary.split('\\n').slice(1, 3).join(' '))))`,
  )) as string[];
  await session.detach();
  return found;
}

/** Pixels by which the page is wider than the window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth') as Promise<number>;
}

/** Texts that are squeezed into a column of letters, by their first words. */
export function squeezedOn(page: Page): Promise<string[]> {
  return page.evaluate(
    `[...document.querySelectorAll('main p, main li')].filter((one) => one.clientWidth > 0 && one.clientWidth < 40 && one.innerText.length > 20).map((one) => one.innerText.slice(0, 30))`,
  ) as Promise<string[]>;
}
