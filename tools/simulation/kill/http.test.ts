import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { startStore } from '../../store/embedded/server.ts';
import { publish } from '../../publish/publish.ts';
import { readLog } from '../../store/log.ts';
import { EMBEDDED_CREDENTIALS, ssmStore } from '../../store/ssm.ts';
import {
  bundleOf,
  IDENTITY,
  newSigner,
  NOON,
  publishing,
  trusting,
} from '../../publish/testing/publisher.ts';
import { newScene, temporaryFolder } from '../../follow/testing/scene.ts';
import { suite } from '../../testing/suite.ts';
import { NETWORK_FAULTS, startProxy } from './http.ts';

// slow: over 5 s
const test = suite('prove: over HTTP');
const signer = newSigner();
const clock = { now: () => performance.now(), sleep: async () => {} };
const people = { bundle: bundleOf('bob@example.com', 'carol@example.com') };

test('one mishap at any call of the official client is not even noticed: publish and follow complete', async () => {
  const folder = temporaryFolder();
  let [mishaps, most, logs] = [0, 1, 0];
  for (const fault of NETWORK_FAULTS) {
    for (let at = 1; at <= most; at += 1) {
      logs += 1;
      const server = await startStore({ folder: join(folder, String(logs)), now: () => NOON });
      const proxy = await startProxy(server.endpoint);
      const place = { region: 'eu-central-1', endpoint: proxy.endpoint, credentials: EMBEDDED_CREDENTIALS };
      const store = ssmStore({ ...place, rates: 'none', clock });
      await publish(publishing(store, signer));
      const scene = newScene();
      const follower = await scene.start({ store, trusted: trusting(signer) });
      await follower.poll();
      const before = proxy.calls;
      proxy.mishap = { at: before + at, fault };
      const { executed } = await publish(publishing(store, signer, people));
      await follower.poll();
      most = Math.max(most, proxy.calls - before - proxy.mishaps);
      const { newest } = await readLog(store, IDENTITY, trusting(signer));
      const what = `${fault} at call ${at}`;
      assert.ok(executed, what);
      assert.is(newest!.entry.sequence, 2, what);
      if (fault === 'stale') await follower.poll();
      assert.equal(scene.granted(), ['bob@example.com', 'carol@example.com'], what);
      assert.is(follower.ack().enforced!.sequence, 2, what);
      mishaps += proxy.mishaps;
      store.close();
      await proxy.close();
      await server.close();
    }
  }
  assert.ok(most >= 12 && mishaps >= NETWORK_FAULTS.length * 12, `${mishaps} mishaps at ${most} calls`);
});

test.run();
