import { difference } from '../access/difference.ts';
import { assemble } from '../bundle/assemble.ts';
import { canonicalJson, digestOf } from '../contract/log/canonical.ts';
import type { Signer } from '../contract/log/dsse.ts';
import type { Finding } from '../finding/finding.ts';
import { memoryCache } from '../load/cache.ts';
import { loadWorkingTree, type LoadResult } from '../load/load.ts';
import type { Repository } from '../load/repository.ts';
import type { Environment, EnvironmentDifference } from '../contract/shapes.ts';
import type { Plan } from '../publish/plan.ts';
import { publish } from '../publish/publish.ts';
import type { ParameterStore } from '../store/store.ts';
import { checkLoad } from '../check/check-load.ts';
import { identityOf } from '../contract/log/entry.ts';
import { trustedKeys } from '../publish/keys/keys.ts';

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
      /** From one save to the next; what was in force before the first is in the plan. */
      difference: EnvironmentDifference | undefined;
      plan: Plan;
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
    /** The folder with the YAML, and the state folder. */
    context: { root: string; state: string };
    /** The environment as it was at the start: its log stays the same. */
    started: Environment;
    store: ParameterStore;
    signer: Signer;
    /** The company as it is on this machine. */
    localized: (repository: Repository) => Promise<Repository>;
    /** What the files are built from, as an entry says it. */
    commit: () => Promise<string>;
  };

  constructor(options: {
    /** The folder with the YAML, and the state folder. */
    context: { root: string; state: string };
    /** The environment as it was at the start: its log stays the same. */
    started: Environment;
    store: ParameterStore;
    signer: Signer;
    /** The company as it is on this machine. */
    localized: (repository: Repository) => Promise<Repository>;
    /** What the files are built from, as an entry says it. */
    commit: () => Promise<string>;
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
    const { context, store, signer, localized } = this.options;
    const environment = value.id;
    const { plan } = await publish({
      store,
      signer,
      trusted: trustedKeys(context.state, value, 'embedded'),
      identity: identityOf(value),
      bundle: assemble(await localized(repository), environment),
      commit: await this.options.commit(),
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
    const changes =
      before &&
      difference(before, repository, { at: Date.now() }).find((one) => one.environment === environment);
    return {
      type: 'published',
      sequence,
      unchanged: plan.action === 'unchanged',
      repository,
      difference: changes,
      ...{ plan, warnings, texts },
    };
  }
}

/** The same for the same files with the same texts and troubles. */
function fingerprintOf({ texts, findings }: LoadResult): string {
  return digestOf(JSON.stringify([[...texts], findings]));
}
