import { deliveryWaves, MOST_WAVES } from '../../contract/delivery-order.ts';
import type { LoadedEnvironment } from '../../load/repository.ts';
import { cycleFrom } from '../common/cycles.ts';
import { finding, type Rule } from '../rule.ts';

export const deliveryOrder: Rule = {
  id: 'delivery-order',
  says: 'Ensure that environments can be delivered one after the other, in stages that a merge has.',
  why: 'In a cycle each environment waits for another and a merge brings nothing into force; beyond the stages of the workflow an environment would be left out.',
  *check(repository) {
    let cyclic = false;
    for (const [id, file] of repository.environments) {
      const cycle = cycleFrom(id, (other) => repository.environments.get(other)?.value.after);
      cyclic ||= cycle !== undefined;
      // A cycle is told once, at its first environment.
      if (!cycle || cycle.some((other) => other < id)) continue;
      yield finding(deliveryOrder.id, file, ['after', file.value.after!.indexOf(cycle[1] ?? id)], {
        message: `environment \`${id}\` waits for itself`,
        found: [...cycle, id].join(' after '),
        remedy: 'take one of these names out of `after`',
      });
    }
    if (!cyclic) yield* tooManyWaves([...repository.environments.values()]);
  },
};

function* tooManyWaves(environments: readonly LoadedEnvironment[]) {
  const waves = deliveryWaves(environments.map(({ value }) => value));
  const late = new Set(waves.slice(MOST_WAVES).flat());
  for (const file of environments.filter(({ value }) => late.has(value)))
    yield finding(deliveryOrder.id, file, ['after'], {
      message: `environment \`${file.value.id}\` comes too late in the order of delivery`,
      expected: `at most ${MOST_WAVES} waves`,
      found: String(waves.length),
      remedy: 'let it wait for fewer environments: those of one wave are delivered side by side',
    });
}
