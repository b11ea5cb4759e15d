import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { RULES } from '../check/rules.ts';
import { checkLoad } from '../check/check-load.ts';
import { framed } from '../commands/validate.ts';
import { suite } from '../testing/suite.ts';
import { loadWorkingTree } from '../load/load.ts';
import { findingsGithub, findingsJson, findingsText } from './findings.ts';
import { findingsSarif } from './sarif.ts';

const test = suite('output: golden findings');

/** The present of the golden repositories. */
const NOW = Date.parse('2026-06-01T12:00:00Z');

const folder = (name: string): string => fileURLToPath(new URL(`golden/${name}`, import.meta.url));

/** What `validate` prints of a repository, in every format. */
async function outputs(name: string): Promise<Record<string, string>> {
  const loaded = await loadWorkingTree(folder(name));
  const checked = checkLoad(loaded, NOW);
  return {
    txt: findingsText(checked),
    frames: findingsText(checked, framed(checked, loaded.texts)),
    github: findingsGithub(checked),
    json: `${JSON.stringify(findingsJson(checked), null, 2)}\n`,
    sarif: `${JSON.stringify(findingsSarif(checked, RULES), null, 2)}\n`,
  };
}

/** Compares byte by byte; with ZTNA_BLESS=1 it makes what is found what is expected. */
function golden(file: string, text: string): void {
  if (process.env['ZTNA_BLESS'] === '1') writeFileSync(folder(file), text);
  assert.ok(existsSync(folder(file)), `golden/${file} is missing: npm run bless`);
  assert.is(
    text,
    readFileSync(folder(file), 'utf8'),
    `golden/${file} has changed; if it should: npm run bless`,
  );
}

for (const [name, says] of [
  ['faulty', 'files that can all be used, with many faults between them'],
  ['broken', 'files that cannot be used'],
] as const) {
  test(`${name}: ${says}`, async () => {
    for (const [format, text] of Object.entries(await outputs(name))) golden(`${name}.${format}`, text);
  });
}

test('what is printed is the same every time', async () => {
  const first = await outputs('faulty');
  for (let round = 0; round < 10; round++) assert.equal(await outputs('faulty'), first);
});

test.run();
