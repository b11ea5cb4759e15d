import { didYouMean } from '../../finding/nearest.ts';
import { finding, type Rule } from '../rule.ts';

export const rings: Rule = {
  id: 'rings',
  says: 'Ensure that rings name components that exist.',
  why: 'A canary that does not exist enforces nothing and complains of nothing: the change would go to all the rest untried.',
  whole: true,
  *check(repository) {
    for (const environment of repository.environments.values()) {
      const known = [
        ...environment.value.intermediates.map(({ id }) => `intermediate/${id}`),
        ...[...environment.connectors.keys()].map((id) => `connector/${id}`),
      ];
      const exists = new Set(known);
      for (const [ring, { components = [] }] of environment.value.rings.entries()) {
        for (const [index, component] of components.entries()) {
          if (exists.has(component)) continue;
          const message = `${environment.value.id} has no component ${component}`;
          const remedy = didYouMean(component, known, 'remove it from the ring');
          yield finding(rings.id, environment, ['rings', ring, 'components', index], { message, remedy });
        }
      }
    }
  },
};
