import { deliver, type DeliveryOutcome, type DeliverOptions, takeFirst } from './deliver.ts';
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
 * @param prepared one for each environment, made in its turn: what fails in making one does not keep back the revocations
 *   of those before
 * @returns what became of those that were begun
 */
export async function mergeInto<D extends DeliverOptions>(
  prepared: readonly (() => Promise<D>)[],
  { lossesOnly, settled, left }: MergeOptions<D>,
): Promise<DeliveryOutcome[]> {
  const outcomes: DeliveryOutcome[] = [];
  const settle = async (delivery: D, delivered: DeliveryOutcome): Promise<void> => {
    outcomes.push(delivered);
    await settled(delivery, delivered);
  };
  const plans: { delivery: D; plan: EnvironmentPlan }[] = [];
  for (const prepare of prepared) {
    const delivery = await prepare();
    const unbegun = await beginEpoch(delivery);
    const revoked = unbegun
      ? { refused: unbegun }
      : await takeFirst(await readEnvironment(delivery), delivery);
    if (revoked.refused) await settle(delivery, revoked.refused);
    else plans.push({ delivery, plan: revoked.plan });
  }
  const [urgent, others] = [
    plans.filter(({ plan }) => plan.lossesOnly),
    plans.filter(({ plan }) => !plan.lossesOnly),
  ];
  if (lossesOnly) others.forEach(({ delivery }) => left(delivery));
  for (const { delivery, plan } of urgent) await settle(delivery, await deliver(plan, delivery));
  for (const { delivery, plan } of lossesOnly ? [] : others)
    if (outcomes.every(isFine)) await settle(delivery, await deliver(plan, delivery));
  return outcomes;
}
