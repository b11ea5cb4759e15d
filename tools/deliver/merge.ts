import {
  deliver,
  type DeliveryOutcome,
  type DeliverOptions,
  type RevocationOutcome,
  takeFirst,
} from './deliver.ts';
import { type EnvironmentPlan, readEnvironment } from './environment-plan.ts';
import { beginEpoch } from './epoch.ts';

/** How a merge goes. */
export interface MergeOptions<D extends DeliverOptions> {
  /** Whether only those are delivered that take access away and do nothing else. */
  lossesOnly: boolean;
  /** Told what became of each, as soon as it is known, and waited for. */
  settled(delivery: D, delivered: DeliveryOutcome): Promise<void>;
  /** Told of each that is left to another run. */
  left(delivery: D): void;
}

/** Whether the next environment may follow. */
export function isFine({ outcome }: DeliveryOutcome): boolean {
  return outcome === 'unchanged' || outcome === 'in force';
}

/**
 * Delivers to environments in order: each only when the ones before are fine. What takes access away waits neither
 * for the environments before, whatever becomes of it there, nor for rings.
 * @param prepared one for each environment, made in its turn
 * @returns what became of those that were begun
 * @throws what went wrong first, when all others have got the revocations and losses that they can have
 */
export async function mergeInto<D extends DeliverOptions>(
  prepared: readonly (() => Promise<D>)[],
  { lossesOnly, settled, left }: MergeOptions<D>,
): Promise<DeliveryOutcome[]> {
  const outcomes: DeliveryOutcome[] = [];
  const failures: unknown[] = [];
  const attempt = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => void failures.push(error));
  const settle = async (delivery: D, delivered: DeliveryOutcome): Promise<void> => {
    outcomes.push(delivered);
    await settled(delivery, delivered);
  };
  const bring = async ({ delivery, plan }: Begun<D>): Promise<void> =>
    settle(delivery, await deliver(plan, delivery));
  const plans: Begun<D>[] = [];
  const begin = async (prepare: () => Promise<D>): Promise<void> => {
    const delivery = await prepare();
    const revoked = await revoke(delivery);
    if (revoked.refused) await settle(delivery, revoked.refused);
    else plans.push({ delivery, plan: revoked.plan });
  };
  for (const prepare of prepared) await attempt(begin(prepare));
  const others = plans.filter(({ plan }) => !plan.lossesOnly);
  if (lossesOnly) others.forEach(({ delivery }) => left(delivery));
  await Promise.all(plans.filter(({ plan }) => plan.lossesOnly).map((urgent) => attempt(bring(urgent))));
  if (failures.length > 0) throw failures[0];
  for (const other of lossesOnly ? [] : others) if (outcomes.every(isFine)) await bring(other);
  return outcomes;
}

/** A delivery, and what is still to be done of it. */
interface Begun<D> {
  delivery: D;
  plan: EnvironmentPlan;
}

/** Begins an environment with what waits for nothing. */
async function revoke(delivery: DeliverOptions): Promise<RevocationOutcome> {
  const refused = await beginEpoch(delivery);
  return refused ? { refused } : takeFirst(await readEnvironment(delivery), delivery);
}
