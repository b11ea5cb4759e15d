import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';

// slow: it starts processes
const test = suite('programs of developers');
const root = fileURLToPath(new URL('../../', import.meta.url));

for (const [program, word, says] of [
  ['tools/dev/bench.ts', 'nothing', /^bench what\? start-up, files, .*\n$/],
  ['tools/dev/test/node.ts', 'newest', /^which versions of Node\? such as: npm run test:node -- 22 24\n$/],
  ['tools/dev/mutants.ts', 'nothing', /^which list\? nothing is none of: decide, .*\n$/],
] as const)
  test(`${program} ends with a sentence where it does not know what is asked`, () => {
    const words = ['--import', 'tsx', program, word];
    const { status, stderr, stdout } = spawnSync('node', words, { cwd: root, encoding: 'utf8' });
    assert.equal([status, stdout], [2, '']);
    assert.match(stderr, says);
  });

test.run();
