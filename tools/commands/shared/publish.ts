import { jsonText } from '../../contract/terminal-text.ts';
import { assemble } from '../../bundle/assemble.ts';
import type { Signer } from '../../contract/log/dsse.ts';
import { identityOf } from '../../contract/log/entry.ts';
import { Fault } from '../../contract/fault.ts';
import { LIMITS } from '../../contract/limits.ts';
import { ratesOf } from '../../contract/log/budget.ts';
import { enforcedDifference } from '../../access/parts-difference.ts';
import type { Environment, EnvironmentDifference, PublishPlan } from '../../contract/shapes.ts';
import type { Standing } from '../../git/standing.ts';
import type { Repository } from '../../load/repository.ts';
import { outcomeText, planText, publishJson } from '../../output/publish.ts';
import type { AppendOptions } from '../../publish/append.ts';
import { LOCAL_KEY, trustedKeys } from '../../publish/keys/keys.ts';
import { enforcedSide, nothingIn, type EnforcedChange } from '../../publish/change.ts';
import type { Plan } from '../../publish/plan.ts';
import type { PublishOutcome } from '../../publish/publish.ts';
import { signerOf } from '../../publish/keys/signer.ts';
import { type StoreKind, withStore } from '../../store/open.ts';
import type { Context, Option, OptionsOf, ExitStatus } from './command.ts';
import { EMBEDDED, ENV, STORE, targetOf, warningTo } from './environment.ts';
import { progressOf } from './progress.ts';
import { type WAIT, waitFor } from './record.ts';

/** The option by which a command names the key it signs with. */
export const KEY = {
  flags: '--key <name>',
  description: 'the signing key: a name, a PEM file, or kms:<key id, alias or ARN>',
  fallback: LOCAL_KEY,
} as const satisfies Option;

/** The option without which a command writes nothing. */
export const EXECUTE = {
  flags: '--execute',
  description: 'write it; without, only the plan is shown',
} as const satisfies Option;

/** The options of a command that writes to a log. */
export const WRITING = [
  EXECUTE,
  KEY,
  STORE,
  { flags: '--json', description: 'print JSON' },
] as const satisfies readonly Option[];

/** The options of a command that appends an entry. */
export const APPENDING = [ENV, ...WRITING] as const satisfies readonly Option[];

/** The option that goes past what instances say: those that are gone never trust a new key, and one that is broken may lie. */
export const FORCE = {
  flags: '--force',
  description:
    'although some instance does not trust the signing key, or enforces what the log does not have; needs --reason',
} as const satisfies Option;

/** The signer that was asked for. */
export function signerFor(
  { state, env, signal }: Context,
  key: string | undefined,
  { region }: Environment,
): Promise<Signer> {
  return signerOf({ key: key ?? LOCAL_KEY, state, region, kmsEndpoint: env['ZTNA_KMS_ENDPOINT'], signal });
}

/** What a command needs beside its own options to write to the same log with the same key. */
export function flagsOf(store: StoreKind, key?: string): string {
  return [store === EMBEDDED ? '' : `--store ${store}`, key ? `--key ${key}` : ''].filter(Boolean).join(' ');
}

/** A reason, which must be given. */
export function reasonOf(reason: string | undefined, question: string): string {
  if (reason !== undefined && reason.trim() !== '') return reason.slice(0, LIMITS.reasonCharacters);
  throw new Fault(question, 'add --reason "..."');
}

/** What is published to an environment and who signs it: all that publishing takes, but a store. */
export async function publishingOf(
  context: Context,
  environment: Environment,
  repository: Repository,
  {
    key,
    store = EMBEDDED,
    reason,
  }: { key?: string | undefined; store?: StoreKind | undefined; reason?: string | undefined },
  { commit, subject, contains }: Standing,
) {
  return {
    signer: await signerFor(context, key, environment),
    bundle: assemble(repository, environment.id),
    trusted: trustedKeys(context.state, environment, store),
    identity: identityOf(environment),
    commit,
    contains,
    flags: flagsOf(store, key),
    dirtyAllowed: store === 'embedded',
    lifetimeHours: environment.bundle.entryLifetimeHours,
    rates: ratesOf(environment.bundle),
    reason: reason ?? subject ?? 'working tree',
    warn: warningTo(context),
    now: () => context.now().getTime(),
  };
}

/**
 * Who gains and who loses by a plan, by what the parts say, and not by files, which may be uncommitted or gone; nothing
 * where what is in force cannot be read.
 * @param names the repository whose groups people are named by
 */
export function toldOf(
  { identity: { environment }, action, change, released }: Plan,
  names: Repository,
  at: number,
): Pick<PublishPlan, 'difference' | 'released'> {
  const told = ({ before, after }: EnforcedChange): EnvironmentDifference | undefined => {
    if (before === 'unreadable') return undefined;
    const was = before ? enforcedSide(before, environment) : nothingIn(environment);
    return enforcedDifference(environment, was, enforcedSide(after, environment), names, at);
  };
  if (action !== 'publish') return {};
  const [now, later] = [change && told(change), released && told(released)];
  return { ...(now && { difference: now }), ...(later && { released: later }) };
}

/** Shows plans as they are made, and what became of the last. @returns the exit status */
export function showPublished(
  context: Context,
  json: boolean | undefined,
  published: PublishOutcome,
  notes: readonly string[] = [],
  told: Pick<PublishPlan, 'difference' | 'released'> = {},
): ExitStatus {
  const plan = publishJson(published, told);
  plan.notes.push(...notes);
  context.out(json ? jsonText(plan) : outcomeText(plan));
  return plan.action === 'refused' ? 2 : 0;
}

/** How an entry is appended: what `heartbeat`, `rollback` and `release` have in common. */
export type Appending = OptionsOf<readonly [(typeof WRITING)[number], typeof FORCE, (typeof WAIT)[number]]>;

/**
 * Appends an entry to an environment's log by one of `heartbeat`, `rollback` and `release`.
 * @param names the repository whose groups people are named by, where it is said who gains and who loses
 */
export async function appendTo(
  context: Context,
  environment: Environment,
  { store: kind = EMBEDDED, key, execute = false, force = false, json, wait }: Appending,
  reason: string,
  work: (append: AppendOptions) => Promise<PublishOutcome>,
  names?: Repository,
): Promise<ExitStatus> {
  const told = (plan: Plan) => (names ? toldOf(plan, names, context.now().getTime()) : {});
  const signer = await signerFor(context, key, environment);
  const trusted = trustedKeys(context.state, environment, kind);
  const progress = progressOf(context);
  return withStore(targetOf(context, kind, environment), async ({ store }) => {
    const published = await work({
      store,
      signer,
      identity: identityOf(environment),
      trusted,
      lifetimeHours: environment.bundle.entryLifetimeHours,
      rates: ratesOf(environment.bundle),
      reason,
      execute,
      force,
      flags: flagsOf(kind, key),
      now: () => context.now().getTime(),
      warn: warningTo(context),
      progress: (step) => progress.step(`${environment.id}: ${step}`),
      planned(plan) {
        progress.end();
        if (!json) context.out(planText(publishJson({ plan, executed: false, attempts: 1 }, told(plan))));
      },
    });
    progress.end();
    const shown = showPublished(context, json, published, [], told(published.plan));
    const waited = await waitFor({ store, kind, environment, trusted, published, wait }, context);
    return waited > shown ? waited : shown;
  });
}
