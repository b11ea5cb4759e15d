/** One environment's stack: where its state is, and how its plans are made and applied. */
import { ownFolder } from '../files/own-files.ts';
import { join } from 'node:path';
import { Fault } from '../contract/fault.ts';
import type { Environment } from '../contract/shapes.ts';
import { additions, type PlannedChange, changesOf, takesAway } from './changes.ts';
import { ask, demand, findProgram, type ProgramOptions } from './program.ts';

/** Where an environment's stack is, below the repository's root. */
const STACK = 'terraform/stacks/environment';

/** Which stack, and how it is worked on. */
export interface StackOptions extends Pick<ProgramOptions, 'env' | 'tell' | 'signal'> {
  /** The repository's root. */
  root: string;
  /** The state folder. */
  state: string;
  environment: Environment;
  /** What starts without state accepts no older entry; 0 where nothing was published. */
  minimumSequence: number;
  /** Whether the state is locked: who only looks may not be allowed to write a lock. */
  lock: boolean;
}

/** A stack with its program, ready to plan and to apply. */
export interface Stack {
  /** Plans, and says what that would change. */
  plan(name: string, targets?: readonly PlannedChange[]): Promise<PlannedChange[]>;
  /** Applies a plan that was made, and no other. */
  apply(name: string): Promise<void>;
}

/** Makes a stack ready. @throws Fault where there is no program, or it fails */
export async function openStack(options: StackOptions): Promise<Stack> {
  const { root, state, environment, env, tell, signal, minimumSequence, lock } = options;
  const own = join(state, 'terraform', environment.id);
  ownFolder(own);
  const settings = { TF_DATA_DIR: join(own, 'data'), TF_IN_AUTOMATION: '1', TF_INPUT: '0' };
  const running: ProgramOptions = { folder: join(root, STACK), env: { ...env, ...settings }, tell, signal };
  const program = await findProgram(running);
  await demand(program, ['init', '-no-color', '-reconfigure', ...backendOf(environment)], running);
  const file = (name: string): string => join(own, `${name}.tfplan`);
  const variables = [`environment=${environment.id}`, `minimum_sequence=${minimumSequence}`];
  const fixed = ['-no-color', ...(lock ? [] : ['-lock=false']), ...variables.map((one) => `-var=${one}`)];
  return {
    async plan(name, targets = []) {
      const narrowed = targets.map(({ address }) => `-target=${address}`);
      await demand(program, ['plan', ...fixed, `-out=${file(name)}`, ...narrowed], running);
      return changesOf(await ask(program, ['show', '-json', file(name)], running));
    },
    apply: (name) => demand(program, ['apply', '-no-color', file(name)], running),
  };
}

/** Where the environment's state is: in the bucket of its account, under its own name. */
function backendOf({ id, account, region }: Environment): string[] {
  const settings = { bucket: `tfstate-ztna-${account}-${region}`, key: `environment/${id}.tfstate`, region };
  return Object.entries(settings).map(([name, value]) => `-backend-config=${name}=${value}`);
}

/** The plan of everything, which comes first and which the others are parts of. */
export const EVERYTHING = 'everything';

/**
 * Applies what is added, before it is used.
 * @param changes those of the plan of everything
 * @param later those that wait until nothing needs what they take away
 * @throws Fault where something would have to go first
 */
export async function addFirst(
  stack: Stack,
  changes: readonly PlannedChange[],
  later: readonly PlannedChange[],
): Promise<void> {
  if (changes.length === later.length) return;
  if (later.length === 0) return stack.apply(EVERYTHING);
  const waiting = new Set(later.map(({ address }) => address));
  const taken = (await stack.plan('additions', additions(changes))).filter(
    (one) => takesAway(one) || (one.deed === 'renew' && waiting.has(one.address)),
  );
  if (taken.length > 0)
    throw new Fault(
      `what is added needs something removed first: ${addressesOf(taken)}`,
      'split the change in two, or deploy it with --at-once when an interruption is acceptable',
      { status: 1 },
    );
  await stack.apply('additions');
}

/** The intermediate whose instance an address is. */
const intermediateOf = (address: string): string | undefined =>
  /^module\.intermediate\["([^"]+)"\]\.aws_instance\./.exec(address)?.[1];

/** The intermediates that some changes make anew. */
const madeAnew = (changes: readonly PlannedChange[]): string[] => [
  ...new Set(
    changes.flatMap(({ address, deed }) =>
      deed === 'renew' || deed === 'replace' ? (intermediateOf(address) ?? []) : [],
    ),
  ),
];

/** In which order intermediates are made anew, and what comes between two of them. */
export interface ReplacementPace {
  order(ids: readonly string[]): readonly string[];
  /** Does the work that makes one anew, and waits until the next one may go. @throws Fault where it may not */
  around(id: string, work: () => Promise<void>): Promise<void>;
}

/**
 * Makes intermediates anew one after the other, the last of them apart, which goes with what is left. One apply would make
 * them all at the same time, and clients that are sent away by one would find no other.
 * @param changes a part of the plan of everything
 * @returns whether something was applied: then everything is to be planned again
 * @throws Fault where one cannot be made anew without another, or is not well afterwards
 */
export async function oneByOne(
  stack: Stack,
  changes: readonly PlannedChange[],
  pace: ReplacementPace,
): Promise<boolean> {
  const ids = pace.order(madeAnew(changes)).slice(0, -1);
  for (const id of ids) {
    const module = `module.intermediate["${id}"]`;
    const own = changes.filter(({ address }) => address.startsWith(`${module}.`));
    const others = madeAnew(await stack.plan('intermediate', own)).filter((one) => one !== id);
    if (others.length > 0)
      throw new Fault(
        `${module} is made anew only together with ${others.map((one) => `module.intermediate["${one}"]`).join(', ')}`,
        'split the change in two, or deploy it with --at-once when an interruption is acceptable',
        { status: 1 },
      );
    await pace.around(id, () => stack.apply('intermediate'));
  }
  return ids.length > 0;
}

/** Applies what is removed, after nothing uses it any more. @param later what was planned to be removed */
export async function removeLast(
  stack: Stack,
  later: readonly PlannedChange[],
  pace: ReplacementPace,
): Promise<void> {
  if (later.length === 0) return;
  if (await oneByOne(stack, await stack.plan('removals'), pace)) await stack.plan('removals');
  await stack.apply('removals');
}

/** Refuses to go on where something is still to be created. @throws Fault with status 1 */
export function verifyAdded(changes: readonly PlannedChange[], environment: string): void {
  const missing = changes.filter(({ deed }) => deed === 'add');
  if (missing.length > 0)
    throw new Fault(
      `not everything that is added is there: ${addressesOf(missing)}`,
      `run npx ztna deploy --env ${environment} --only additions --execute first`,
      { status: 1 },
    );
}

function addressesOf(changes: readonly PlannedChange[]): string {
  return changes.map(({ address }) => address).join(', ');
}
