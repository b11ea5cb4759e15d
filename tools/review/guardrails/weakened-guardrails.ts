import { GITHUB } from '../../contract/image-signature.ts';
import type { Guardrails, Requirement } from '../../contract/shapes.ts';
import type { RepositoryFile, Path } from '../../load/repository.ts';
import { requirements } from '../../check/rules/requirements.ts';
import { keeper, unlessApproved } from '../approval.ts';
import type { Change, Guardrail } from '../change.ts';
import { isAsStrong, protectsAsMuch } from '../weakening.ts';
import { spotOf } from '../locations.ts';

export const weakenedGuardrails: Guardrail = {
  id: 'weakened-guardrails',
  says: 'Ensure that no guardrail is removed or weakened unless the one who answers for guardrails.yaml approves.',
  why: 'A change that takes the guard away before it does what the guard is for passes every check but this one.',
  *check(change) {
    const { base, head } = change;
    if (!base.guardrails) return;
    for (const { subject, path, message } of weaknesses(change, base.guardrails, head.guardrails)) {
      const owner = keeper(change);
      yield* unlessApproved(weakenedGuardrails.id, change, owner, {
        subject,
        spot: spotOf('before', base.guardrails, path),
        words: { message, expected: `approval of \`${owner}\`, who answers for guardrails.yaml` },
      });
    }
  },
};

interface Weakness {
  subject: string;
  path: Path;
  message: string;
}

function* weaknesses(
  change: Change,
  { value: before }: RepositoryFile<Guardrails>,
  after: RepositoryFile<Guardrails> | undefined,
): Iterable<Weakness> {
  if (!after) return yield { subject: 'guardrails', path: [], message: 'guardrails.yaml would be gone' };
  const now = after.value;
  if (before.organization !== now.organization) {
    const message = `the teams would be those of ${now.organization}, and not of ${before.organization}`;
    yield { subject: 'organization', path: ['organization'], message };
  }
  const [from, to] = [before, now].map(numbersOf);
  if (from !== undefined && from !== to) {
    const message = `roles in AWS would be for workflows of ${to ?? 'no repository'}, and not of ${from}`;
    yield { subject: 'repository', path: ['repository'], message };
  }
  const [was, is] = [before, now].map(({ owner, owners }) => owner ?? owners[0]!.id);
  if (was !== is)
    yield {
      subject: 'owner',
      path: ['owner'],
      message: `\`${is}\` would answer for guardrails.yaml, and not \`${was}\``,
    };
  for (const key of ['principalsLosing', 'principalsLosingOneService'] as const) {
    const [was, is] = [before.limits[key], now.limits[key]];
    if (is > was)
      yield {
        subject: `limits.${key}`,
        path: ['limits', key],
        message: `\`limits.${key}\` would rise from ${was} to ${is}`,
      };
  }
  for (const [index, id] of (now.observe ?? []).entries())
    if (!before.observe?.includes(id))
      yield {
        subject: `observe.${id}`,
        path: before.observe ? ['observe', index] : [],
        message: `\`${id}\` would only be observed, and stop nothing`,
      };
  if (!protectsAsMuch(before.protected, now.protected))
    yield { subject: 'protected', path: ['protected'], message: '`protected` would protect less' };
  for (const [index, one] of (before.requirements ?? []).entries()) {
    if ((now.requirements ?? []).some((other) => isAsStrong(one, other))) continue;
    const message = `the requirement "${one.description}" would be removed or weakened${broken(change, one)}`;
    yield { subject: `requirements[${index}]`, path: ['requirements', index], message };
  }
}

/** How many policies of the new data break a requirement of the base. */
function broken({ base, head, at }: Change, requirement: Requirement): string {
  const file = base.guardrails!;
  const asked = { ...file, value: { ...file.value, requirements: [requirement] } };
  const files = new Set([...requirements.check({ ...head, guardrails: asked }, at)].map((one) => one.file));
  const [first] = files;
  if (first === undefined) return '';
  return files.size === 1
    ? `, and ${first} breaks it`
    : `, and ${files.size} policies break it, ${first} among them`;
}

/** What AWS and cosign know a repository by: numbers, of the GitHub that it is at. */
function numbersOf({ repository: one }: Guardrails): string | undefined {
  return one && `${one.ownerId}/${one.id}${(one.server ?? GITHUB) === GITHUB ? '' : ` at ${one.server}`}`;
}
