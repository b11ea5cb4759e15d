import { registrationsOf, type RegistrationIn } from '../../check/each.ts';
import { ownerOf, unlessApproved } from '../approval.ts';
import type { Change, Guardrail, Objection } from '../change.ts';
import { causeSpot, spotOf } from '../locations.ts';

export const destinations: Guardrail = {
  id: 'destinations',
  says: 'Ensure that no service leads elsewhere, and no connector to something new, unless its owner approves.',
  why: 'A person who moves the backend of a service reads what its users send, without any change of access.',
  *check(change) {
    const moved = new Set<string>();
    for (const { environment, destinations: changed } of change.difference) {
      for (const one of changed) {
        const subject = `${environment}/${one.service}`;
        if (moved.has(subject)) continue;
        moved.add(subject);
        const owner = ownerOf(change, one.service);
        const fields = one.changes.map(
          ({ field, before, after }) => `${NAMES[field]} ${after} (was ${before})`,
        );
        yield* unlessApproved(destinations.id, change, owner, {
          subject,
          spot: causeSpot(change, one, one.service),
          words: {
            message: `\`${one.service}\` in ${environment} would have ${fields.join(' and ')}`,
            expected: `approval of its owner \`${owner}\``,
          },
          gist: {
            ...{ begin: `there would be another ${listed(one.changes.map(({ field }) => NAMES[field]))} of` },
            ...{ kind: 'service', thing: one.service, where: environment, end: '' },
          },
        });
      }
    }
    yield* additions(change);
  },
};

const listed = (names: readonly string[]): string => names.join(' and ');

const NAMES = {
  backend: 'backend',
  protocol: 'protocol',
  virtualIp: 'virtual address',
  connector: 'connector',
};

/** Services that an environment did not have: the owner of the connector that would lead there says yes. */
function* additions(change: Change): Iterable<Objection> {
  const before = new Set([...registrationsOf(change.base)].map(keyOf));
  for (const one of registrationsOf(change.head)) {
    const { environment, file, registration, path } = one;
    const known = change.base.environments.get(environment.value.id)?.connectors.get(file.value.id);
    if (!known || before.has(keyOf(one))) continue;
    const { owner } = known.value;
    yield* unlessApproved(destinations.id, change, owner, {
      subject: keyOf(one),
      spot: spotOf('after', file, path),
      words: {
        message: `connector \`${file.value.id}\` in ${environment.value.id} would lead to ${registration.backend} for \`${registration.service}\``,
        expected: `approval of the connector's owner \`${owner}\``,
      },
      gist: {
        ...{
          begin: `connector \`${file.value.id}\` in ${environment.value.id} would lead to`,
          kind: 'service',
        },
        ...{ thing: registration.service, where: environment.value.id, end: '' },
      },
    });
  }
}

function keyOf({ environment, registration }: RegistrationIn): string {
  return `${environment.value.id}/${registration.service}`;
}
