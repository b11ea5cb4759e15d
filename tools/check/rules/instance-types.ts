import { didYouMean, slipOf } from '../../finding/nearest.ts';
import { INSTANCE_TYPES, seriesOf } from '../common/instance-types.ts';
import { finding, type Rule, warning } from '../rule.ts';

export const instanceTypes: Rule = {
  id: 'instance-types',
  says: 'Ensure that the instance type of every intermediate is one that EC2 has.',
  why: 'A type that EC2 does not know is refused only while planning, after the merge.',
  *check(repository) {
    for (const environment of repository.environments.values()) {
      for (const [index, { instanceType }] of environment.value.intermediates.entries()) {
        if (INSTANCE_TYPES.has(instanceType)) continue;
        const path = ['intermediates', index, 'instanceType'];
        if (isLater(instanceType)) {
          const message = `EC2 had no instance type ${instanceType} when our list was made`;
          const remedy = 'make sure that the region has it';
          yield warning(instanceTypes.id, environment, path, { message, remedy });
          continue;
        }
        const meant = slipOf(instanceType, INSTANCE_TYPES);
        yield finding(instanceTypes.id, environment, path, {
          message: `EC2 has no instance type ${instanceType}`,
          remedy: didYouMean(instanceType, INSTANCE_TYPES, 'name one of its types, such as t4g.small'),
          ...(meant !== undefined && { edits: [{ path, write: meant }] }),
        });
      }
    }
  },
};

/** Whether it is of a generation after the newest that is known of its series: then the list is old, not the type wrong. */
function isLater(type: string): boolean {
  const own = seriesOf(type);
  if (!own) return false;
  const known = [...INSTANCE_TYPES].flatMap((one) => seriesOf(one) ?? []);
  const generations = known.filter(({ series }) => series === own.series).map((one) => one.generation);
  return generations.length > 0 && own.generation > Math.max(...generations);
}
