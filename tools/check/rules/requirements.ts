import { DAY, parseInstant } from '../../access/values/time-zone.ts';
import type { Policy, Requirement } from '../../contract/shapes.ts';
import { selectorOf } from '../each.ts';
import { finding, type Rule, type FindingWords } from '../rule.ts';

export const requirements: Rule = {
  id: 'requirements',
  says: 'Ensure that policies state what guardrails.yaml requires of them: an expiry, a ticket, a bounded life.',
  why: 'Access to what is sensitive should end by itself and say who asked for it; what is only a custom is forgotten.',
  *check(repository) {
    const asked = (repository.guardrails?.value.requirements ?? []).map((requirement) => ({
      requirement,
      services: new Set(selectorOf(repository).indexes(requirement.what)),
    }));
    if (asked.length === 0) return;
    for (const file of repository.policies.values()) {
      if (file.value.effect === 'deny') continue;
      const about = selectorOf(repository).indexes(file.value.what);
      const told = new Set<string>();
      for (const { requirement, services } of asked) {
        if (!about.some((index) => services.has(index))) continue;
        for (const { key, ...words } of missing(file.value, requirement)) {
          if (told.has(key.join())) continue;
          told.add(key.join());
          yield finding(requirements.id, file, key, {
            ...words,
            message: `${words.message} (required: ${requirement.description})`,
          });
        }
      }
    }
  },
};

/** What a policy lacks of one requirement. */
function* missing(
  { when = {}, ticket }: Policy,
  { expires, ticket: wanted, longestLifeDays: days }: Requirement,
): Iterable<FindingWords & { key: string[] }> {
  if (wanted && ticket === undefined) yield lack('ticket', ['ticket'], 'SEC-123');
  if ((expires || days) && when.expires === undefined)
    yield lack('when.expires', ['when', 'expires'], '2027-12-31T00:00:00Z');
  if (days === undefined) return;
  if (when.start === undefined) yield lack('when.start', ['when', 'start'], '2027-01-01T00:00:00Z');
  if (when.start === undefined || when.expires === undefined) return;
  const life = (parseInstant(when.expires) - parseInstant(when.start)) / DAY;
  if (life <= days) return;
  const found = `${Math.ceil(life)} days`;
  yield {
    key: ['when', 'expires'],
    message: 'this policy lives too long',
    expected: `at most ${days} days from start to expiry`,
    found,
    remedy: 'let it expire earlier, and renew it',
  };
}

function lack(name: string, key: string[], example: string): FindingWords & { key: string[] } {
  return {
    key,
    message: `this policy lacks \`${name}\``,
    remedy: `add it, such as \`${key.at(-1)}: ${example}\``,
  };
}
