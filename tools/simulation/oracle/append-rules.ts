import { digestOf } from '../../contract/log/canonical.ts';
import { chunkNames } from '../../store/part.ts';
import { expected, gains } from '../cluster/company.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { invariant } from './invariant.ts';
import { isLive } from './liveness.ts';
import type { SignedEntry } from '../cluster/signed-entry.ts';
import { CANARY } from './states.ts';

/** For how long a component must have borne something before the others get it, in seconds. */
export const BAKE_SECONDS = 20;

/** Before an entry counts all that it needs is in the store, with the very bytes; but for what a collector just removed. */
export function verifyParts({ past, collected, unsafe }: Cluster, { entry }: SignedEntry): void {
  if (collected > 0 || unsafe) return;
  const there = chunkNames(entry, entry.index).map((name) => past.values.get(name));
  const bytes = Buffer.concat(there.map((text) => Buffer.from(text ?? '', 'base64')));
  invariant(
    digestOf(bytes) === entry.index.part,
    `entry ${entry.sequence} is appended, and its index is not in the store as it names it`,
  );
}

/** An entry is signed by a key that environment.yaml names, and another than before only when all that are live trust it. */
export function verifyKey(
  cluster: Cluster,
  { entry, key, intent }: SignedEntry,
  before: SignedEntry | undefined,
): void {
  const { sequence } = entry;
  invariant(
    cluster.trusted.some(({ digest }) => digest === key),
    `entry ${sequence} is signed by a key that environment.yaml does not name`,
  );
  if (!before || before.key === key || intent === 'publish by force') return;
  for (const follower of cluster.followers) {
    const trusts = follower.deployment.trusted.some(({ digest }) => digest === key);
    invariant(
      trusts || !isLive(cluster, follower),
      `entry ${sequence} is signed by a key that ${follower.id} ${follower.instance} does not trust`,
    );
  }
}

/**
 * What gives a person something goes to the others only when all canaries that are live have borne it for a while; judged
 * where nobody else published while its publisher was at work.
 */
export function verifyPromotion(
  cluster: Cluster,
  { entry, state, intent, alone }: SignedEntry,
  before: SignedEntry | undefined,
): void {
  const { oracle } = cluster;
  if (intent !== 'deliver' || !before || !alone) return;
  const { epoch } = entry;
  const base = oracle.at({ epoch, sequence: before.entry.base ?? before.entry.sequence })!;
  const text = (component: string, one = state) => expected(one, component);
  const isSame = (component: string) => text(component) === text(component, base.state);
  if (isSame('connector/apps') || isSame(CANARY) || gains(base.state, state).length === 0) return;
  for (const follower of cluster.followers.filter(({ id }) => id === CANARY)) {
    const since = follower.borneSince(text(CANARY), base.entry);
    const borne = since !== undefined && cluster.at - since >= BAKE_SECONDS * 1000;
    invariant(
      borne || !isLive(cluster, follower),
      `entry ${entry.sequence} is for all, and ${follower.instance} has not borne it for long enough`,
    );
  }
}
