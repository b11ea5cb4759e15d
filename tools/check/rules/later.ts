import { portRange, portSetOf } from '../../access/values/ports.ts';
import { intersect, type IntervalSet } from '../../access/values/intervals.ts';
import { principalKey } from '../../access/values/membership.ts';
import { didYouMean } from '../../finding/nearest.ts';
import type { AccessTest, Policy, Selection, Target } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { once, selectorOf } from '../each.ts';
import { labelNames, pairsOf, type FileWithLater } from '../common/later.ts';
import { namedInGroups } from '../common/names.ts';
import { warning, type Rule } from '../rule.ts';

export const later: Rule = {
  id: 'later',
  says: 'Ensure that `later` has only names that are in the file and do not exist yet.',
  why: 'What exists needs no excuse; a name that is left there would hide the slip of the hand by which it is lost again.',
  whole: true,
  *check(repository) {
    for (const [file, mentions] of filesWithLater(repository)) {
      for (const [index, name] of (file.value.later ?? []).entries()) {
        const meant = mentions.filter(
          ({ names }) => names.includes(name) || names.includes(principalKey(name)),
        );
        if (meant.some(({ exists }) => !exists)) continue;
        yield warning(later.id, file, ['later', index], {
          message: meant.length > 0 ? `\`${name}\` exists` : `nothing in this file is called \`${name}\``,
          remedy:
            meant.length > 0
              ? 'remove it here'
              : didYouMean(
                  name,
                  mentions.flatMap(({ names }) => names.slice(0, 1)),
                  'remove it here',
                ),
          ...(meant.length > 0 && { edits: [{ path: ['later', index], remove: true as const }] }),
        });
      }
    }
  },
};

/** A name in a file, in the ways in which it can be written. */
interface Mention {
  names: readonly string[];
  exists: boolean;
}

function* filesWithLater(repository: Repository): Iterable<[FileWithLater, Mention[]]> {
  for (const file of repository.policies.values())
    if (file.value.later) yield [file, [...inPolicy(repository, file.value)]];
  for (const file of repository.tests.values())
    if (file.value.later) yield [file, [...inTest(repository, file.value)]];
}

function* inPolicy(repository: Repository, { who, what, environments }: Policy): Iterable<Mention> {
  yield* inSelection(repository, who);
  yield* inSelection(repository, who.except);
  yield* inTarget(repository, what);
  yield* inList(repository.environments, environments);
  const served = selectorOf(repository).indexes(what);
  for (const port of what.ports ?? []) {
    const [first, last] = portRange(port);
    const wanted: IntervalSet = [first, last + 1];
    const exists = served.some((one) => intersect(portsOf(repository)[one]!, wanted).length > 0);
    yield { names: [String(port)], exists };
  }
}

function* inTest(repository: Repository, { expect }: AccessTest): Iterable<Mention> {
  for (const { principal, group, reaches, denied, never, port, environments } of expect) {
    yield* inSelection(repository, {
      principals: principal === undefined ? [] : [principal],
      groups: group === undefined ? [] : [group],
    });
    const service = reaches ?? denied;
    yield* inTarget(repository, never ?? { services: [service!] });
    yield* inList(repository.environments, environments);
    const ports = repository.services.get(service ?? '')?.value.ports;
    if (ports && port !== undefined)
      yield { names: [String(port)], exists: intersect(portSetOf(ports), [port, port + 1]).length > 0 };
  }
}

function* inSelection(
  repository: Repository,
  { groups, principals = [] }: Selection = {},
): Iterable<Mention> {
  yield* inList(repository.groups, groups);
  const known = membersOf(repository);
  for (const name of principals) yield { names: [principalKey(name)], exists: known.has(principalKey(name)) };
}

function* inTarget(repository: Repository, { services, labels }: Target): Iterable<Mention> {
  yield* inList(repository.services, services);
  for (const [name, value] of pairsOf(labels)) {
    const exists = selectorOf(repository).indexes({ labels: { [name]: value } }).length > 0;
    yield { names: labelNames(name, value), exists };
  }
}

function* inList(known: ReadonlyMap<string, unknown>, ids: readonly string[] = []): Iterable<Mention> {
  for (const id of ids) yield { names: [id], exists: known.has(id) };
}

/** The ports of every service, in the selector's order. */
const portsOf = once(({ services }) => [...services.values()].map(({ value }) => portSetOf(value.ports)));

const membersOf = once(
  (repository) => new Set([...namedInGroups(repository)].map(({ name }) => principalKey(name))),
);
