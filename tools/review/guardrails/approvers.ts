import { objection, type Change, type Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';

export const approvers: Guardrail = {
  id: 'approvers',
  says: 'Ensure that a person is left who can approve what each owner owns.',
  why: 'A team that is taken off the list, or has nobody in it, leaves its services without anyone who can ever say yes.',
  *check(change) {
    const { head, pull } = change;
    const file = head.guardrails;
    if (!file) return;
    const now = file.value.owners.map(({ id }) => id);
    const spot = spotOf('after', file, ['owners']);
    const needed = new Set([...owning(change), file.value.owner ?? now[0]!]);
    for (const owner of needed) {
      if (!now.includes(owner))
        yield objection(
          approvers.id,
          owner,
          spot,
          {
            message: `\`${owner}\` would be no owner any more, and still has to approve`,
            remedy: 'leave it in `owners`',
          },
          change,
        );
      else if (pull.teams && now.includes(owner) && (pull.teams.get(owner) ?? []).length === 0)
        yield objection(
          approvers.id,
          owner,
          spot,
          {
            message: `the team \`${owner}\` has no members, and has to approve`,
            remedy: 'add a person to the team',
          },
          change,
        );
    }
  },
};

/** The owners of everything whose owner has to approve something. */
function owning({ head }: Change): string[] {
  const files = [
    head.services,
    head.tests,
    ...[...head.environments.values()].map(({ connectors }) => connectors),
  ];
  return files
    .flatMap((some) => [...some.values()].map(({ value }) => (value as { owner?: string }).owner))
    .filter((owner) => owner !== undefined);
}
