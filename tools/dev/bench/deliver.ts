import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../../bundle/assemble.ts';
import { startStore } from '../../store/embedded/server.ts';
import { makeFollower } from '../../follow/loop.ts';
import type { Plan } from '../../publish/plan.ts';
import { publish } from '../../publish/publish.ts';
import { EMBEDDED_CREDENTIALS, ssmStore } from '../../store/ssm.ts';
import { IDENTITY, newSigner, publishing, trusting } from '../../publish/testing/publisher.ts';

/** How long a bundle took to be published and to be in force, in milliseconds, and in how many calls. */
export interface DeliveryTimes {
  publishMs: number;
  followMs: number;
  calls: number;
  plan: Plan;
}

/** Publishes a bundle to an embedded store over HTTP, and follows it with one intermediate's follower. */
export async function deliver(bundle: Bundle, folder: string): Promise<DeliveryTimes> {
  const server = await startStore({ folder: join(folder, 'store') });
  let calls = 0;
  const store = ssmStore({
    endpoint: server.endpoint,
    region: IDENTITY.region,
    credentials: EMBEDDED_CREDENTIALS,
    rates: 'none',
    observe: () => calls++,
  });
  try {
    const signer = newSigner();
    const identity = { ...IDENTITY, environment: bundle.environment };
    const now = Date.now;
    const started = performance.now();
    const { plan } = await publish({ ...publishing(store, signer, { bundle, identity, now }) });
    const published = performance.now();
    const publishCalls = calls;
    const follower = makeFollower({
      identity,
      trusted: trusting(signer),
      component: 'intermediate/one',
      instance: hostname().slice(0, 20),
      store,
      folder: join(folder, 'slots'),
      out: join(folder, 'out'),
      ackSpreadMs: 0,
    });
    await follower.start();
    await follower.poll();
    const { state } = follower.ack();
    if (state !== 'enforcing') throw new Error(`the follower is ${state}`);
    return {
      publishMs: published - started,
      followMs: performance.now() - published,
      calls: publishCalls,
      plan,
    };
  } finally {
    store.close();
    await server.close();
  }
}
