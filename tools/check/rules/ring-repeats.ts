import { finding, type Rule } from '../rule.ts';

export const ringRepeats: Rule = {
  id: 'ring-repeats',
  says: 'Ensure that no component is in two rings.',
  why: 'It would get the change with the first ring, and the second would wait for nothing new.',
  *check(repository) {
    for (const environment of repository.environments.values()) {
      const first = new Map<string, string>();
      for (const [ring, { id, components = [] }] of environment.value.rings.entries()) {
        for (const [index, component] of components.entries()) {
          const other = first.get(component);
          if (other === undefined) first.set(component, id);
          else {
            const message = `${component} is in ring \`${other}\` already`;
            yield finding(ringRepeats.id, environment, ['rings', ring, 'components', index], {
              message,
              remedy: 'keep it in one ring',
            });
          }
        }
      }
    }
  },
};
