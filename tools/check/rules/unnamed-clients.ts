import { admitsWithoutCertificate } from '../../access/compile.ts';
import type { Repository } from '../../load/repository.ts';
import { environmentsOf, selectorOf } from '../each.ts';
import { finding, type Rule } from '../rule.ts';

export const unnamedClients: Rule = {
  id: 'unnamed-clients',
  says: 'Ensure that a policy about clients without certificate is for environments that let them in, and gives them no protected service.',
  why: 'Nobody knows who they are: where none may connect the policy does nothing, and what is protected is for people with a name.',
  whole: true,
  *check(repository) {
    const kept = protectedIds(repository);
    for (const file of repository.policies.values()) {
      const { who, what, effect } = file.value;
      if (!who.withoutCertificate) continue;
      const refusing = environmentsOf(repository, file.value).filter(
        (id) => !admitsWithoutCertificate(repository, id),
      );
      if (refusing.length > 0)
        yield finding(unnamedClients.id, file, ['who', 'withoutCertificate'], {
          message: `${refusing.join(' and ')} ${refusing.length === 1 ? 'lets' : 'let'} no client without certificate in`,
          remedy: 'name other `environments`, or say `clients: { withoutCertificate: allowed }` there',
        });
      const given = selectorOf(repository)
        .ids(what)
        .filter((id) => effect === 'allow' && kept.has(id));
      if (given.length > 0)
        yield finding(unnamedClients.id, file, ['what'], {
          message: `clients without certificate would reach what is protected: ${given.map((id) => `\`${id}\``).join(', ')}`,
          remedy: 'name other services',
        });
    }
  },
};

function protectedIds(repository: Repository): ReadonlySet<string> {
  const kept = repository.guardrails?.value.protected;
  return new Set(kept ? selectorOf(repository).ids(kept) : []);
}
