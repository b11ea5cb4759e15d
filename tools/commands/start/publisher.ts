import { difference } from '../../access/difference.ts';
import { assemble } from '../../bundle/assemble.ts';
import { canonicalJson, digestOf } from '../../contract/log/canonical.ts';
import type { Signer } from '../../contract/log/dsse.ts';
import type { Finding } from '../../finding/finding.ts';
import { memoryCache } from '../../load/cache.ts';
import { loadWorkingTree, type LoadResult } from '../../load/load.ts';
import type { Repository } from '../../load/repository.ts';
import type { Environment, EnvironmentDifference } from '../../contract/shapes.ts';
import { publish } from '../../publish/publish.ts';
import type { ParameterStore } from '../../store/store.ts';
import { checkLoad } from '../../check/check-load.ts';
import type { Context } from '../shared/command.ts';
import { identityOf } from '../../contract/log/entry.ts';
import { standingOf } from '../../git/standing.ts';
import { trustedKeys } from '../../publish/keys/keys.ts';
import { toldOf } from '../shared/publish.ts';

/** What became of the files as they are now. */
export type PublishAttempt =
  | { type: 'nothing' }
  | { type: 'refused'; findings: Finding[]; texts: ReadonlyMap<string, string> }
  | { type: 'stopped'; reason: string }
  | {
      type: 'published';
      sequence: number;
      unchanged: boolean;
      repository: Repository;
      difference: EnvironmentDifference | undefined;
      /** Whether something was published before. */
      isChange: boolean;
      /** What is worth saying of the files although they are used. */
      warnings: Finding[];
      texts: ReadonlyMap<string, string>;
    };

/** Publishes one environment of a working tree each time its files change. */
export class LivePublisher {
  #last: string | undefined;
  #repository: Repository | undefined;
  /** A save changes one file; the others are as they were. */
  readonly #cache = memoryCache();

  readonly options: {
    context: Context;
    /** The environment as it was at the start: its log stays the same. */
    started: Environment;
    store: ParameterStore;
    signer: Signer;
  };

  constructor(options: {
    context: Context;
    /** The environment as it was at the start: its log stays the same. */
    started: Environment;
    store: ParameterStore;
    signer: Signer;
  }) {
    this.options = options;
  }

  /** Loads, checks and publishes the files as they are now; does nothing where they are as they were. */
  async run(): Promise<PublishAttempt> {
    const { context, started } = this.options;
    const loaded = await loadWorkingTree(context.root, this.#cache);
    const fingerprint = fingerprintOf(loaded);
    if (fingerprint === this.#last) return { type: 'nothing' };
    this.#last = fingerprint;
    const { repository, texts } = loaded;
    const findings = [...checkLoad(loaded, Date.now()).findings];
    if (findings.some(({ severity }) => severity === 'error')) return { type: 'refused', findings, texts };
    const environment = repository.environments.get(started.id)?.value;
    if (!environment) return { type: 'stopped', reason: `environment ${started.id} is gone` };
    if (canonicalJson(identityOf(environment)) !== canonicalJson(identityOf(started))) {
      return {
        type: 'stopped',
        reason: 'the account, region or epoch has changed: end npm start and begin again',
      };
    }
    return this.#publish(loaded, findings, environment);
  }

  async #publish(
    { repository, texts }: LoadResult,
    warnings: Finding[],
    value: Environment,
  ): Promise<PublishAttempt> {
    const { context, store, signer } = this.options;
    const environment = value.id;
    const { plan } = await publish({
      store,
      signer,
      trusted: trustedKeys(context.state, value, 'embedded'),
      identity: identityOf(value),
      bundle: assemble(repository, environment),
      commit: (await standingOf(context.root)).commit,
      dirtyAllowed: true,
      // What is on disk is what is wanted here, whatever its history.
      contains: async () => true,
      lifetimeHours: value.bundle.entryLifetimeHours,
      reason: 'saved',
      now: Date.now,
      tells: true,
      execute: true,
    });
    if (plan.action === 'refused')
      return { type: 'stopped', reason: [plan.problem, plan.remedy].filter(Boolean).join('; ') };
    const before = this.#repository;
    this.#repository = repository;
    const sequence = plan.entry?.sequence ?? plan.newest?.entry.sequence ?? 0;
    // From save to save the files say more, as they have lines; what was in force before the first is in the store.
    const changes = before
      ? difference(before, repository, { at: Date.now() }).find((one) => one.environment === environment)
      : toldOf(plan, repository, Date.now()).difference;
    return {
      type: 'published',
      sequence,
      unchanged: plan.action === 'unchanged',
      repository,
      difference: changes,
      isChange: plan.newest !== undefined,
      ...{ warnings, texts },
    };
  }
}

/** The same for the same files with the same texts and troubles. */
function fingerprintOf({ texts, findings }: LoadResult): string {
  return digestOf(JSON.stringify([[...texts], findings]));
}
