import { textLine } from '../../contract/terminal-text.ts';
import { membership, principalKey } from '../../access/values/membership.ts';
import { readPrincipal } from '../../contract/values/principal.ts';
import type { Service } from '../../contract/shapes.ts';
import { didYouMean, nearest } from '../../finding/nearest.ts';
import type { Repository } from '../../load/repository.ts';
import { Fault } from '../../contract/fault.ts';
import type { Context } from './command.ts';
import { readOption } from './values.ts';

/** The service that was named on the command line. @throws Fault with the nearest one, where there is none */
export function serviceNamed({ services }: Repository, id: string): Service {
  const service = services.get(id);
  if (!service)
    throw new Fault(
      `there is no service \`${id}\``,
      didYouMean(id, services.keys(), 'see policies/services/'),
    );
  return service.value;
}

/** Refuses an owner of nothing. @throws Fault with the nearest one */
export function ownerNamed({ services, groups, policies }: Repository, owner: string): void {
  const owners = [services, groups, policies].flatMap((kind) =>
    [...kind.values()].map(({ value }: { value: { owner: string } }) => value.owner),
  );
  if (!owners.includes(owner))
    throw new Fault(`nothing has the owner ${owner}`, didYouMean(owner, owners, 'see CODEOWNERS'));
}

const PRINCIPAL = { what: 'a principal', example: 'write an e-mail address, or a name such as ci-builds' };

/** The principal that was named on the command line. @throws Fault for what is none, or is a group's id */
export function principalNamed({ groups }: Repository, text: string): string {
  readOption(text, readPrincipal(text), PRINCIPAL);
  if (groups.has(principalKey(text)))
    throw new Fault(`${text} is a group, and not a principal`, 'name one of its members');
  return text;
}

/** Says on standard error that nobody is called so, as then the answer is that for anyone else. */
export function noteUnknown(repository: Repository, principal: string, { err }: Context): void {
  const members = membership(repository);
  const outsiders = (repository.guardrails?.value.outsiders ?? []).map(principalKey);
  if (members.index(principal) !== undefined || outsiders.includes(principalKey(principal))) return;
  const near = nearest(principalKey(principal), [...members.everybody, ...outsiders]);
  const hint = near === undefined ? '' : `; did you mean \`${near}\`?`;
  err(textLine(`${principal} is in no group, and is answered as anyone else${hint}`));
}
