import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { runStage, STAGES } from './stages.ts';

const test = suite('a stage');
const root = fileURLToPath(new URL('../../../', import.meta.url));
const stage = { name: 'a stage', command: [process.execPath, '-p', 'process.cwd()'], remedy: 'nothing' };

test('without its program it is skipped, with the reason, and neither right nor wrong', async () => {
  const { skipped } = await runStage(root, { ...stage, needs: 'no-such-program' });
  assert.is(skipped, 'no-such-program is not installed here');
});

test('with it, it runs in its own folder', async () => {
  const { ok, skipped, output } = await runStage(root, { ...stage, folder: 'images', needs: 'git' });
  assert.equal([ok, skipped], [true, undefined]);
  assert.match(output, /images\n$/);
});

test("the data plane's tests are one, of one profile", () => {
  const { command, needs, folder } = STAGES.find(({ name }) => name === 'rust')!;
  assert.equal([command.slice(0, 2), needs, folder], [['cargo', 'test'], 'cargo', 'images']);
  assert.not(command.some((word) => word.includes('release')));
});

test.run();
