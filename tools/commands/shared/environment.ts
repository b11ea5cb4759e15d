import { hostname } from 'node:os';
import { join } from 'node:path';
import { type PublicKey, trust } from '../../contract/dsse.ts';
import type { LogIdentity } from '../../contract/entry.ts';
import type { Environment } from '../../contract/shapes.ts';
import { line } from '../../finding/finding.ts';
import { didYouMean } from '../../finding/nearest.ts';
import { commitOf, isAncestor, isDirty, isRepository, subjectOf } from '../../git/git.ts';
import type { LoadedEnvironment, Repository } from '../../load/repository.ts';
import { publicHalf } from '../../publish/keys.ts';
import { type Context, type Option, Refusal } from './command.ts';
import { checkLoad } from '../../check/check-load.ts';
import { loadOrRefuse } from './load.ts';
import { openTarget, type StoreTarget } from '../../store/open.ts';

/** Which store: `embedded` unless said otherwise. */
export type StoreKind = 'embedded' | 'aws';

/** The option by which a command names an environment. */
export const ENV: Option = { flags: '--env <id>', description: 'the environment' };

/** The option by which a command chooses its store. */
export const STORE: Option = {
  flags: '--store <kind>',
  description: 'the embedded store in .ztna/, or AWS SSM Parameter Store',
  choices: ['embedded', 'aws'],
  fallback: 'embedded',
};

/** The store that was asked for. */
export function storeKind(options: Record<string, unknown>): StoreKind {
  return options['store'] === 'aws' ? 'aws' : 'embedded';
}

/** The environment that was asked for, which must be said and exist. */
export function environmentOf(repository: Repository, id: unknown): LoadedEnvironment {
  const known = [...repository.environments.keys()].join(', ');
  if (typeof id !== 'string') throw new Refusal('which environment?', `add --env, one of: ${known}`);
  const environment = repository.environments.get(id);
  if (!environment) {
    const remedy = didYouMean(id, repository.environments.keys(), `use one of: ${known}`);
    throw new Refusal(`there is no environment ${id}`, remedy);
  }
  return environment;
}

/** The environment that was asked for, or all of them. */
export function environmentsOf(repository: Repository, id: unknown): Environment[] {
  if (id !== undefined) return [environmentOf(repository, id).value];
  return [...repository.environments.values()].map(({ value }) => value);
}

/** The components of an environment, sorted. */
export function componentsOf({ value, connectors }: LoadedEnvironment): string[] {
  const intermediates = value.intermediates.map(({ id }) => `intermediate/${id}`);
  return [...intermediates, ...[...connectors.keys()].map((id) => `connector/${id}`)].sort();
}

/** The working tree's repository, free of errors in files, rules and access tests. */
export async function checkedRepository(context: Context): Promise<Repository> {
  const loaded = await loadOrRefuse(context);
  const { repository } = loaded;
  const { findings } = checkLoad(loaded, context.now().getTime());
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return repository;
  for (const finding of errors) context.err(`${line(finding)}\n`);
  throw new Refusal(
    `the working tree has ${errors.length} error${errors.length === 1 ? '' : 's'}`,
    `fix ${errors.length === 1 ? 'it' : 'them'} first: npm run validate`,
    1,
  );
}

/** The log of an environment, as its entries must name it. */
export function identityOf({ id, account, region, epoch }: Environment): LogIdentity {
  return { environment: id, account, region, epoch };
}

/** Where a signing key is: a name below the state folder's `keys/`, or a path. */
export function keyFile({ state }: Context, key: string): string {
  return /[/\\]|\.pem$/.test(key) ? key : join(state, 'keys', `${key}.pem`);
}

/** The name of the key that is made and used where no other is named. */
export const LOCAL_KEY = 'local';

/** The keys that followers trust: those of environment.yaml and, in the embedded store, the local one. */
export function trustedKeys(context: Context, environment: Environment, store: StoreKind): PublicKey[] {
  const local = store === 'embedded' ? publicHalf(keyFile(context, LOCAL_KEY), LOCAL_KEY) : undefined;
  return trust([...environment.bundle.trustedKeys, ...(local ? [local] : [])]);
}

/** Works on the store of an environment, and closes it whatever happens. */
export async function withStore<T>(
  context: Context,
  kind: StoreKind,
  { region }: Environment,
  work: (target: StoreTarget) => Promise<T>,
): Promise<T> {
  const { state, signal, err } = context;
  const target = await openTarget({ store: kind, region, state, signal, warn: (text) => err(`${text}\n`) });
  try {
    return await work(target);
  } finally {
    await target.close();
  }
}

/** The name of this machine, in the characters that an instance's name may have. */
export function instanceName(): string {
  return (
    hostname()
      .replace(/[^A-Za-z0-9_.-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 63) || 'instance'
  );
}

/** Where the working tree is in its history. */
export interface WorkingTreePosition {
  /** The commit checked out, `-dirty` when policies or environments differ from it. */
  commit: string;
  /** The first line of its message; undefined where there is no commit. */
  subject: string | undefined;
  /** Whether it descends from another commit, or is it; undefined when that one is not in this clone. */
  descends(commit: string): Promise<boolean | undefined>;
}

/** In place of the commit of files that are in none. */
const NO_COMMIT = '0'.repeat(40);

/** What of the working tree is published. */
const PUBLISHED = ['policies', 'environments'];

/** Where the working tree is; files that are in no git repository count as changed from nothing. */
export async function standingOf({ root }: Context): Promise<WorkingTreePosition> {
  const head = (await isRepository(root)) ? await commitOf(root, 'HEAD').catch(() => undefined) : undefined;
  if (head === undefined)
    return {
      commit: `${NO_COMMIT}-dirty`,
      subject: undefined,
      descends: async (other) => (other === NO_COMMIT ? true : undefined),
    };
  const dirty = await isDirty(root, PUBLISHED);
  return {
    commit: dirty ? `${head}-dirty` : head,
    subject: dirty ? undefined : await subjectOf(root, head),
    async descends(other) {
      if (other === NO_COMMIT) return true;
      const known = await commitOf(root, other).catch(() => undefined);
      return known === undefined ? undefined : isAncestor(root, known, head);
    },
  };
}
