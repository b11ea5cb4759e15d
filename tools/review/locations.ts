import type { EnvironmentDifference } from '../contract/shapes.ts';
import type { RepositoryFile, Path } from '../load/repository.ts';
import type { Change, Spot } from './change.ts';

/** A place on one side of a change. */
export function spotOf(side: Spot['side'], file: RepositoryFile<unknown>, path: Path = []): Spot {
  return { file, path, side };
}

/** The file of a service: as it would be, or as it is where it would be gone. */
export function serviceSpot({ base, head }: Change, id: string): Spot {
  const after = head.services.get(id);
  return after ? spotOf('after', after, ['id']) : spotOf('before', base.services.get(id)!, ['id']);
}

/** The line behind a change of access, as a place; the service's own where none is known. */
export function causeSpot(
  change: Change,
  { causes }: Pick<EnvironmentDifference['gains'][number], 'causes'>,
  service: string,
): Spot {
  const cause = causes.find(({ side }) => side === 'after') ?? causes[0];
  if (!cause) return serviceSpot(change, service);
  const { file, line, side } = cause;
  return { file: { file, value: undefined, place: () => ({ file, line, column: 1 }) }, path: [], side };
}
