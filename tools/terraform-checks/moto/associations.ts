import { asked, awsError, json, type AwsAnswer, type AwsCall } from './call.ts';
import type { Shim } from './shims.ts';

/** Systems Manager's associations, of which moto's server knows nothing: kept, and said to have run. */
export function associations(): Shim {
  const kept = new Map<string, Record<string, unknown>>();
  let made = 0;
  const shown = (id: string): Record<string, unknown> => ({
    Overview: { Status: 'Success', DetailedStatus: 'Success' },
    Status: { Name: 'Success', Date: 0, Message: '' },
    ...kept.get(id),
    AssociationId: id,
  });
  const operations: Readonly<Record<string, (given: Record<string, unknown>) => AwsAnswer>> = {
    CreateAssociation(given) {
      const id = `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}`;
      kept.set(id, { DocumentVersion: '$DEFAULT', AssociationVersion: '1', ...given });
      return json({ AssociationDescription: shown(id) });
    },
    DescribeAssociation: ({ AssociationId: id }) =>
      kept.has(String(id))
        ? json({ AssociationDescription: shown(String(id)) })
        : awsError('AssociationDoesNotExist', 'The specified association does not exist.'),
    UpdateAssociation({ AssociationId: id, ...given }) {
      kept.set(String(id), { ...kept.get(String(id)), ...given });
      return json({ AssociationDescription: shown(String(id)) });
    },
    DeleteAssociation({ AssociationId: id }) {
      kept.delete(String(id));
      return json({});
    },
  };
  const isTags = ({ operation, body }: AwsCall): boolean =>
    /^(ListTagsForResource|AddTagsToResource|RemoveTagsFromResource)$/.test(operation) &&
    /"ResourceType"\s*:\s*"Association"/.test(body);
  return {
    name: 'associations of Systems Manager',
    hides: 'whether their documents run: the address never moves, and no keys are made',
    when: (call) => call.service === 'ssm' && (call.operation in operations || isTags(call)),
    answer: (call) => {
      const given = asked(call);
      if (!isTags(call)) return operations[call.operation]!(given);
      const one = kept.get(String(given['ResourceId']));
      if (call.operation === 'ListTagsForResource') return json({ TagList: one?.['Tags'] ?? [] });
      if (one && call.operation === 'AddTagsToResource') one['Tags'] = given['Tags'];
      return json({});
    },
  };
}
