import { longOfComponent, longOfEnvironment, type LongName } from '../common/aws-names.ts';
import { finding, type FindingWords, type Rule } from '../rule.ts';

export const awsNames: Rule = {
  id: 'aws-names',
  says: 'Ensure that the names that Terraform forms of ids are not longer than AWS takes.',
  why: 'A role has 64 characters and a load balancer 32, and an id that is too long is refused only while planning.',
  *check(repository) {
    for (const environment of repository.environments.values()) {
      const connectors = [...environment.connectors.values()];
      const own = longOfEnvironment(
        environment.value,
        connectors.map(({ value }) => value),
      );
      for (const long of own) yield finding(awsNames.id, environment, ['id'], words(long));
      if (own.length > 0) continue;
      for (const [index, { id }] of environment.value.intermediates.entries())
        for (const long of longOfComponent(environment.value, id, 'intermediate'))
          yield finding(awsNames.id, environment, ['intermediates', index, 'id'], words(long));
      for (const file of connectors)
        for (const long of longOfComponent(environment.value, file.value.id, file.value.runs))
          yield finding(awsNames.id, file, ['id'], words(long));
    }
  },
};

const words = ({ what, name, most, room }: LongName): FindingWords => ({
  message: `${what} would be called ${name}, of ${name.length} characters`,
  expected: `at most ${most}, which an id of ${room} characters leaves`,
  remedy: 'shorten the id',
});
