import { textLine } from '../../contract/terminal-text.ts';
import { checkedRepository as verifiedRepository } from '../../check/check-load.ts';
import { Fault } from '../../contract/fault.ts';
import type { Rates } from '../../contract/limits.ts';
import { ratesOf } from '../../contract/log/budget.ts';
import type { Environment } from '../../contract/shapes.ts';
import { didYouMean } from '../../finding/nearest.ts';
import type { LoadedEnvironment, Repository } from '../../load/repository.ts';
import type { StoreKind, TargetOptions } from '../../store/open.ts';
import type { Context, Option } from './command.ts';
import { loadValid } from '../../load/load.ts';

/** The option by which a command names an environment. */
export const ENV = { flags: '--env <id>', description: 'the environment' } as const satisfies Option;

/** The option by which a command chooses its store. */
export const STORE = {
  flags: '--store <kind>',
  description: 'the embedded store in .ztna/, or AWS SSM Parameter Store',
  choices: ['embedded', 'aws'],
  fallback: 'embedded',
} as const satisfies Option;

/** The store where none is asked for. */
export const EMBEDDED: StoreKind = 'embedded';

/** The environment that was asked for, which must be said and exist. */
export function environmentOf(repository: Repository, id: string | undefined): LoadedEnvironment {
  const known = [...repository.environments.keys()].join(', ');
  if (id === undefined) throw new Fault('which environment?', `add --env, one of: ${known}`);
  const environment = repository.environments.get(id);
  if (!environment) {
    const remedy = didYouMean(id, repository.environments.keys(), `use one of: ${known}`);
    throw new Fault(`there is no environment ${id}`, remedy);
  }
  return environment;
}

/** The environment that was asked for, or all of them. */
export function environmentsOf(repository: Repository, id: string | undefined): Environment[] {
  if (id !== undefined) return [environmentOf(repository, id).value];
  return [...repository.environments.values()].map(({ value }) => value);
}

/** The working tree's repository, free of errors in files, rules and access tests. */
export async function checkedRepository({ root, now }: Context): Promise<Repository> {
  return verifiedRepository(await loadValid(root), now().getTime());
}

/** The calls a second that an environment may make of a store: the embedded one has no limit. */
export function ratesAt(store: StoreKind, { bundle }: Pick<Environment, 'bundle'>): Rates {
  return store === EMBEDDED ? { reads: Infinity, writes: Infinity, deletes: Infinity } : ratesOf(bundle);
}

/** The store of an environment, for `withStore`. */
export function targetOf(
  { state, signal, err, now }: Context,
  store: StoreKind,
  { region, bundle }: Pick<Environment, 'region' | 'bundle'>,
): TargetOptions {
  const warn = (text: string): void => err(textLine(text));
  // The embedded store has no rates.
  const rates = store === EMBEDDED ? {} : { rates: ratesOf(bundle) };
  return { store, region, state, signal, warn, ...rates, now: () => now().getTime() };
}

/** Tells on stderr what a person should know although all is done. */
export function warningTo({ err }: Context): (text: string) => void {
  return (text) => err(textLine(`warning: ${text}`));
}
