/**
 * Writes docs/comments.md, and a picture of each golden comment as GitHub shows it, made by a browser from the text
 * alone; and the pictures of docs/panel.md, of the admin panel beside a real `npm start`. It needs Chromium (Debian:
 * `chromium`) and a font with emoji (`fonts-noto-color-emoji`); for the panel also the data plane (cargo build). Words
 * after `--` choose: `comments`, `panel`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { marked } from 'marked';
import { chromium } from 'playwright-core';
import { takePictures } from '../../images/admin-panel/testing/pictures.ts';
import { EXAMPLE_PULLS } from '../github/testing/examples.ts';
import { builtPrograms } from './start/scene.ts';

const require = createRequire(import.meta.url);
const CSS = readFileSync(require.resolve('github-markdown-css/github-markdown-light.css'), 'utf8');

/** Pixels of a comment's text on a pull request's page, and beyond which a picture shows no more. */
const [WIDTH, HEIGHT] = [880, 1000];

const docs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const golden = (id: string): string =>
  readFileSync(new URL(`../github/golden/${id}.md`, import.meta.url), 'utf8');

const pageOf = async (id: string): Promise<string> => `<!doctype html><meta charset="utf-8"><style>${CSS}
body { margin: 0; padding: 16px; box-sizing: border-box; width: ${WIDTH}px; }</style>
<article class="markdown-body">${await marked.parse(golden(id), { gfm: true })}</article>`;

const chosen = process.argv.slice(2);
const built = builtPrograms();
if (chosen.length === 0 || chosen.includes('comments')) await pictureComments();
if (chosen.length === 0 || chosen.includes('panel')) {
  if (built === undefined) console.log('no pictures of the panel: the data plane is not built (cargo build)');
  else await takePictures(built, docs('panel'));
}

async function pictureComments(): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
    for (const { id } of EXAMPLE_PULLS) {
      await page.setContent(await pageOf(id));
      const { height = HEIGHT } = (await page.locator('article').boundingBox()) ?? {};
      const clip = { x: 0, y: 0, width: WIDTH, height: Math.min(HEIGHT, Math.ceil(height) + 32) };
      await page.screenshot({ path: docs(`comments/${id}.png`), clip });
    }
  } finally {
    await browser.close();
  }

  const sections = EXAMPLE_PULLS.map(
    ({ id, about }) => `## ${id.replaceAll('-', ' ')}

${about} ([the text](../tools/github/golden/${id}.md))

![The comment on it](comments/${id}.png)
`,
  );
  writeFileSync(
    docs('comments.md'),
    `# Comments on pull requests

Five pull requests of the small company in \`tools/testing/miniature/\`, as a reviewer finds them. The texts are held by a
test, which fails when a byte changes; \`npm run bless\` then writes them anew, and \`npm run screenshots\` the pictures and
this page.

${sections.join('\n')}`,
  );
}
