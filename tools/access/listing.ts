import type { EnvironmentDifference } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { difference, type Scope } from './difference.ts';

/** Everything that everybody can reach: the gains of a repository over the same one without policies. */
export function listing(repository: Repository, scope: Scope): EnvironmentDifference[] {
  return difference({ ...repository, policies: new Map() }, repository, scope);
}
