import type { Convergence, InstanceState } from '../contract/shapes.ts';
import type { PublishOptions } from '../publish/publish.ts';
import { entryAt } from '../store/log.ts';

/**
 * The instances that are live, as far as a delivery has seen: those that had answered to an entry that everybody has
 * had time to answer to, or have answered since. It remembers, as an ack that says `denying` names no entry.
 */
export class Live {
  readonly #enforced = new Map<string, number>();

  /** @param since the sequence to which all that are live have answered; 0 for none */
  constructor(readonly since: number) {}

  /** Takes in what the components say. */
  see({ components }: Convergence): void {
    for (const { component, instances } of components)
      for (const one of instances) {
        const known = this.enforced(component, one);
        if (known === undefined && (answered(one) === 0 || answered(one) < this.since)) continue;
        this.#enforced.set(keyOf(component, one), Math.max(known ?? 0, one.sequence ?? 0));
      }
  }

  /** The newest entry that an instance has enforced; undefined where it is not live. */
  enforced(component: string, one: InstanceState): number | undefined {
    return this.#enforced.get(keyOf(component, one));
  }
}

const keyOf = (component: string, { instance }: InstanceState): string => `${component} ${instance}`;

/** The newest entry that an instance has answered to. */
function answered({ sequence = 0, refused = 0 }: InstanceState): number {
  return Math.max(sequence, refused);
}

/** How many entries are looked back: as many as collecting keeps. */
const MOST = 20;

/**
 * The newest entry, from one downwards, that every live instance has had time to answer to. Right after a heartbeat
 * or a revocation that is not the newest one: a component that has not answered to that yet is not gone.
 * @param seconds how long an instance may take to answer
 */
export async function answeredByAll(
  { store, identity, trusted, now }: Pick<PublishOptions, 'store' | 'identity' | 'trusted' | 'now'>,
  from: number,
  seconds: number,
): Promise<number> {
  let oldest = from;
  for (let sequence = from; sequence > 0 && from - sequence < MOST; sequence -= 1) {
    const found = await entryAt(store, identity, trusted, sequence);
    if (!found) continue;
    oldest = sequence;
    if (now() - Date.parse(found.entry.issuedAt) >= seconds * 1000) break;
  }
  return oldest;
}
