import * as assert from 'uvu/assert';
import { Dice, seeded } from '../testing/random.ts';
import { cedarOf } from '../dev/peers/cedar.ts';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import { compile } from './compile.ts';
import { decide } from './decide.ts';
import { indexPolicies } from './model.ts';
import { typed } from './request.ts';
import { opened, randomWorld, requests, withFarDates } from './testing/worlds.ts';

const test = suite('access: Cedar agrees');
/** Whether a client may connect, and a service is there and serves the port, is no question of policy. */
const NO_POLICY = ['unknown-service', 'port-not-served', 'revoked', 'certificate-missing'];
const WORLDS = cases(60);

test('decide answers as Cedar does with the same policies, and names the same ones', () => {
  const share = { allow: 0, deny: 0, skipped: 0 };
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(2_000_000 + seed));
    const world = seed % 3 === 0 ? withFarDates(dice, randomWorld(dice)) : randomWorld(dice);
    const repository = opened(world);
    const cedar = cedarOf(repository);
    const access = new Map(['lab', 'live'].map((id) => [id, indexPolicies(compile(repository, id))]));
    for (const request of requests(dice, [world], 50)) {
      const ours = decide(access.get(request.environment)!, typed(request));
      if (NO_POLICY.includes(ours.reason)) share.skipped++;
      else {
        const { decision, policies } = ours;
        assert.equal(cedar.ask(request), { decision, policies }, `seed ${seed} ${JSON.stringify(request)}`);
        share[decision]++;
      }
    }
  }
  console.log(`  ${share.allow} allowed and ${share.deny} denied by both, ${share.skipped} not asked`);
  assert.ok(Math.min(share.allow, share.deny) > (share.allow + share.deny) / 10);
});

test.run();
