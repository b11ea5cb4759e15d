import type { Labels } from '../../contract/shapes.ts';
import type { Path, Repository } from '../../load/repository.ts';
import { selectorOf } from '../each.ts';
import { NearNames } from '../common/names.ts';
import { didYouMean } from '../../finding/nearest.ts';
import { isLater, labelNames, OR_LATER, pairsOf, type FileWithLater } from '../common/later.ts';
import { finding, type Rule } from '../rule.ts';

export const labels: Rule = {
  id: 'labels',
  says: 'Ensure that the labels by which services are selected are labels that some service carries.',
  why: 'A label that is misspelt selects nothing, in silence: a deny on `tier: restrictd` denies nobody anything.',
  whole: true,
  *check(repository) {
    const carried = new Set<string>();
    for (const { value } of repository.services.values())
      for (const [name, text] of Object.entries(value.labels ?? {})) carried.add(pair(name, text));
    const near = nearIn(carried);
    for (const { file, path, wanted, protects } of selections(repository)) {
      const severity = protects ? 'error' : 'warning';
      const missing = pairsOf(wanted).filter(([name, text]) => !carried.has(pair(name, text)));
      const unknown = missing.filter(([name, text]) => !isLater(file, labelNames(name, text)));
      for (const [name, text] of unknown) {
        const message = `no service carries the label \`${pair(name, text)}\``;
        const remedy = didYouMean(
          pair(name, text),
          near(pair(name, text)),
          `correct it, give it to a service, ${OR_LATER}`,
        );
        yield finding(labels.id, file, [...path, name], { severity, message, remedy });
      }
      if (missing.length > 0 || selectorOf(repository).indexes({ labels: wanted }).length > 0) continue;
      const all = Object.entries(wanted).map(([name, text]) => `\`${pair(name, text)}\``);
      const message = `no service carries all of ${all.join(', ')}`;
      const remedy = 'ask for fewer labels';
      yield finding(labels.id, file, path, { severity, message, remedy }, 'key');
    }
  },
};

/** More labels than this are not compared with each name that is unknown. */
const MANY = 200;

/** The labels that one which is unknown is compared with. */
function nearIn(carried: ReadonlySet<string>): (label: string) => Iterable<string> {
  if (carried.size <= MANY) return () => carried;
  const near = new NearNames(carried);
  return (label) => near.like(label);
}

const pair = (name: string, value: string): string => `${name}: ${value}`;

/** A set of labels by which something selects services. */
interface Selected {
  file: FileWithLater;
  path: Path;
  wanted: Labels;
  /** Whether nothing selected means nothing protected: in a deny, and in an access test. */
  protects: boolean;
}

/** Every set of labels by which something selects services. */
function* selections(repository: Repository): Iterable<Selected> {
  const of = function* (file: FileWithLater, path: Path, wanted: Labels = {}, protects = false) {
    if (Object.keys(wanted).length > 0) yield { file, path: [...path, 'labels'], wanted, protects };
  };
  for (const file of repository.policies.values())
    yield* of(file, ['what'], file.value.what.labels, file.value.effect === 'deny');
  for (const file of repository.tests.values()) {
    for (const [index, { never }] of file.value.expect.entries())
      yield* of(file, ['expect', index, 'never'], never?.labels, true);
  }
  if (!repository.guardrails) return;
  const { file, value, place } = repository.guardrails;
  const guardrails: FileWithLater = { file, value: {}, place };
  yield* of(guardrails, ['protected'], value.protected?.labels);
  for (const [index, { what }] of (value.requirements ?? []).entries())
    yield* of(guardrails, ['requirements', index, 'what'], what.labels);
}
