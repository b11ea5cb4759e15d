import { connectorsOf } from '../each.ts';
import { warning, type Rule } from '../rule.ts';

export const idleConnectors: Rule = {
  id: 'idle-connectors',
  says: 'Ensure that every connector registers a service.',
  why: 'A connector that serves nothing costs money and is in the network for nothing.',
  *check(repository) {
    for (const { file } of connectorsOf(repository)) {
      if (file.value.services.length > 0) continue;
      const message = `connector \`${file.value.id}\` serves nothing`;
      yield warning(
        idleConnectors.id,
        file,
        ['services'],
        { message, remedy: 'register a service, or delete the file' },
        'key',
      );
    }
  },
};
