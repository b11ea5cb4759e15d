import { REVOCATIONS } from '../../access/wording/revocations.ts';
import type { Severity } from '../../finding/finding.ts';
import type { RepositoryFile, Path, Repository } from '../../load/repository.ts';
import { connectorsOf } from '../each.ts';
import { finding, type Rule } from '../rule.ts';

/** A list in a file, and what must differ from item to item. */
interface List {
  file: RepositoryFile<unknown>;
  path: Path;
  key: string;
  values: readonly string[];
  severity?: Severity;
}

export const duplicates: Rule = {
  id: 'duplicates',
  says: 'Ensure that nothing is there twice in a list: registrations, keys, CAs, intermediates, zones, rings, owners, revocations.',
  why: 'Of two entries with one name a reader sees one, and anyone who removes it believes it gone.',
  *check(repository) {
    for (const { file, path, key, values, severity = 'error' } of listsOf(repository)) {
      const first = new Map<string, number>();
      for (const [index, value] of values.entries()) {
        const other = first.get(value);
        if (other === undefined) first.set(value, index);
        else {
          const { line } = file.place([...path, other, key]);
          const message = `this \`${key}\` is in \`${path.at(-1)}\` already, in line ${line}`;
          yield finding(duplicates.id, file, [...path, index, key], {
            severity,
            message,
            remedy: 'remove one of the two',
          });
        }
      }
    }
  },
};

function* listsOf(repository: Repository): Iterable<List> {
  for (const file of repository.environments.values()) {
    const { clientCas, serverCas = [], intermediates, network, rings, bundle } = file.value;
    const of = <T>(path: Path, items: readonly T[], key: keyof T & string): List => ({
      file,
      path,
      key,
      values: items.map((item) => String(item[key]).toLowerCase().trim()),
    });
    for (const [path, cas] of [
      [['clientCas'], clientCas],
      [['serverCas'], serverCas],
    ] as const) {
      yield of(path, cas, 'id');
      // Base64 is a matter of case, so that these are compared as they are.
      yield { ...of(path, cas, 'certificate'), values: cas.map(({ certificate }) => certificate.trim()) };
    }
    yield of(['intermediates'], intermediates, 'id');
    yield of(['intermediates'], intermediates, 'address');
    yield of(['network', 'zones'], network.zones, 'id');
    yield of(['rings'], rings, 'id');
    yield of(['bundle', 'trustedKeys'], bundle.trustedKeys, 'id');
    yield {
      ...of(['bundle', 'trustedKeys'], bundle.trustedKeys, 'publicKey'),
      values: bundle.trustedKeys.map(({ publicKey }) => publicKey),
    };
  }
  for (const { file } of connectorsOf(repository))
    yield {
      file,
      path: ['services'],
      key: 'service',
      values: file.value.services.map(({ service }) => service),
    };
  const { guardrails, revoked } = repository;
  if (guardrails)
    yield {
      file: guardrails,
      path: ['owners'],
      key: 'id',
      values: guardrails.value.owners.map(({ id }) => id),
    };
  if (revoked) {
    for (const { list, key, of } of REVOCATIONS) {
      const values = of(revoked.value).map(({ subject }) => subject);
      yield { file: revoked, path: [list], key, values, severity: 'warning' };
    }
  }
}
