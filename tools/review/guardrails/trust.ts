import type { Environment } from '../../contract/shapes.ts';
import type { LoadedEnvironment, Path } from '../../load/repository.ts';
import { keeper, unlessApproved } from '../approval.ts';
import type { Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';

export const trust: Guardrail = {
  id: 'trust',
  says: 'Ensure that no environment trusts another certificate authority or publisher, or lets clients without certificate in, unless the one who answers for guardrails.yaml approves.',
  why: 'Who issues certificates can be anybody, and who signs entries decides what is enforced.',
  *check(change) {
    for (const [id, after] of change.head.environments) {
      const before = change.base.environments.get(id);
      for (const { what, path } of newlyTrusted(before, after)) {
        const owner = keeper(change);
        yield* unlessApproved(trust.id, change, owner, {
          subject: `${id}/${what}`,
          spot: spotOf('after', after, path),
          words: { message: `${id} would trust ${what}`, expected: `approval of \`${owner}\`` },
        });
      }
    }
  },
};

/** Authorities and keys that are trusted after a change and not before, whatever they are called. */
function* newlyTrusted(
  before: LoadedEnvironment | undefined,
  after: LoadedEnvironment,
): Iterable<{ what: string; path: Path }> {
  if (!admits(before) && admits(after))
    yield { what: 'clients without certificate', path: ['clients', 'withoutCertificate'] };
  if (!before) return;
  const authorities = new Set(before.value.clientCas.map(({ certificate }) => certificate.trim()));
  for (const [index, { id, certificate }] of after.value.clientCas.entries())
    if (!authorities.has(certificate.trim())) yield { what: `authority/${id}`, path: ['clientCas', index] };
  yield* newlyBelieved(before.value, after.value);
  const keys = new Set(before.value.bundle.trustedKeys.map(({ publicKey }) => publicKey));
  for (const [index, { id, publicKey }] of after.value.bundle.trustedKeys.entries())
    if (!keys.has(publicKey)) yield { what: `key/${id}`, path: ['bundle', 'trustedKeys', index] };
}

function admits(environment: LoadedEnvironment | undefined): boolean {
  return environment?.value.clients?.withoutCertificate === 'allowed';
}

/** Authorities of servers; without any, a connector believes all those of its system. */
function* newlyBelieved(before: Environment, after: Environment): Iterable<{ what: string; path: Path }> {
  if (before.serverCas && !after.serverCas) yield { what: "server-authority/a connector's system", path: [] };
  const authorities = new Set((before.serverCas ?? []).map(({ certificate }) => certificate.trim()));
  for (const [index, { id, certificate }] of (after.serverCas ?? []).entries())
    if (!authorities.has(certificate.trim()))
      yield { what: `server-authority/${id}`, path: ['serverCas', index] };
}
