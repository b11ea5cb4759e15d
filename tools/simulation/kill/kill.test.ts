import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { kills } from './kill.ts';

// slow: it starts processes
const test = suite('prove: kill -9');

test('real processes that publish and follow, killed at random moments, leave nothing lost and nothing mixed', async () => {
  assert.match(await kills(6, 1), /^[6-7] processes killed in \d rounds/);
});

test.run();
