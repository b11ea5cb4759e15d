import type { Ring } from '../contract/shapes.ts';
import { publish, type PublishOutcome, type PublishOptions } from '../publish/publish.ts';
import { readLog } from '../store/log.ts';
import type { Clock } from '../store/clock.ts';
import { type EnvironmentPlan, readEnvironment, refreshed } from './environment-plan.ts';
import { halt } from './halt.ts';
import type { Stage } from './stages.ts';
import type { StageVerdict } from './verdict.ts';
import { awaitStage, type StageWait } from './wait.ts';

/** What to deliver, and how patiently. */
export interface DeliverOptions extends Omit<PublishOptions, 'stage' | 'execute' | 'planned'>, StageWait {
  rings: readonly Ring[];
  clock?: Clock;
  /** Proves on the wire what a stage got, before the next one gets it; nothing is proved where it is omitted. */
  proof?: WireProof;
}

/** A proof that components do what an entry says: that they say so themselves is none. */
export interface WireProof {
  /** What it lacks, asked before anything is given to anybody; undefined where it can be had. */
  lacks(): { problem: string; remedy: string } | undefined;
  /**
   * Tries the components that got it by this stage.
   * @param fresh those of them that no stage before had
   */
  of(stage: Stage, fresh: readonly string[]): Promise<StageVerdict>;
}

/** What became of a delivery. */
export type DeliveryOutcome =
  | { outcome: 'unchanged' | 'in force'; sequence: number; lossesOnly?: boolean }
  /** Nothing more was written, and why. */
  | { outcome: 'refused'; problem: string; remedy: string }
  /** A component refused. With `kept`, that entry's state is wanted again and the change is on hold; a loss stays. */
  | { outcome: 'halted'; component: string; reason: string; sequence: number; kept?: number }
  /** Some do not enforce it yet, and none refused it: the stage stays as it is. `others` are those that do not get it. */
  | { outcome: 'waiting'; missing: string[]; sequence: number; others: number };

/**
 * Delivers a bundle ring by ring: each stage is an entry, awaited until every live instance of it enforces it and
 * has borne it for the bake time. What only takes access away goes to all components at once, and stays although one
 * refuses it. Interrupted, another run continues where this one was: stages in force are not published again.
 * @param planned by `readEnvironment`; where another publisher has extended the log since, it is made again
 */
export async function deliver(planned: EnvironmentPlan, options: DeliverOptions): Promise<DeliveryOutcome> {
  const found = await refreshed(planned, options);
  const revoked = await takeFirst(found, options);
  if (revoked.refused) return revoked.refused;
  const { before, lossesOnly, stages, components } = revoked.plan;
  // What is against the last step is against the first: nobody is left half-way.
  const whole = stages.length > 1 && refusedBy(await publish({ ...options, execute: false }));
  if (whole) return whole;
  // What takes access away waits for no proof, and is not given back for the lack of one.
  const proof = lossesOnly ? undefined : options.proof;
  const lacks = proof?.lacks();
  if (lacks) return { outcome: 'refused', ...lacks };
  let last: PublishOutcome | undefined;
  let back = before;
  let content = revoked.plan.newest?.entry.index.content;
  for (const stage of stages) {
    // Acks say whose log this is, and which keys are trusted: the first stage asks that, and looks tell of the later ones.
    const known = { onto: { content }, acksCount: stage !== stages[0] };
    last = await publish({ ...options, execute: true, ...known, ...stageOf(stage, components) });
    const refused = refusedBy(last);
    if (refused) return refused;
    const sequence = sequenceOf(last);
    // Another publisher may have appended an entry since: then that is what all had.
    back = (last.plan.entry ?? last.plan.newest?.entry)?.base ?? back;
    ({ content } = (last.plan.entry ?? last.plan.newest!.entry).index);
    tellStage(stage, last, revoked.plan, options);
    const enforced = await awaitStage(stage, sequence, options);
    const proved = enforced.state === 'enforced' && (await proof?.of(stage, freshIn(stage, stages)));
    const verdict = proved || enforced;
    // What takes access away is never given back because one refuses it: that may be the very one who loses it.
    if (verdict.state === 'refused') return halt(verdict, sequence, lossesOnly ? 0 : back, options);
    if (verdict.state === 'waiting') {
      const others = components.length - stage.components.length;
      return { outcome: 'waiting', missing: verdict.missing, sequence, others };
    }
    if (stage === stages.at(-1) && enforced.state === 'enforced') enforced.notes.forEach(options.tell);
  }
  return (await undone(last!, options)) ?? ended(sequenceOf(last!), before, lossesOnly);
}

/** The components of a stage that the one before it did not have. */
function freshIn(stage: Stage, stages: readonly Stage[]): string[] {
  const before = stages[stages.indexOf(stage) - 1]?.components ?? [];
  return stage.components.filter((component) => !before.includes(component));
}

function tellStage(
  stage: Stage,
  published: PublishOutcome,
  { lossesOnly, components }: EnvironmentPlan,
  { tell }: DeliverOptions,
): void {
  const { action } = published.plan;
  if (lossesOnly && action === 'publish') tell('it only takes access away: everybody gets it at once');
  const said = action === 'unchanged' ? 'has' : 'gets';
  const share = `${stage.components.length} of ${components.length} components`;
  tell(`${stage.ring}: ${share}: entry ${sequenceOf(published)} ${said} it`);
}

/** The outcome of a delivery that a publish refuses. */
export function refusedBy({
  plan,
}: PublishOutcome): Extract<DeliveryOutcome, { outcome: 'refused' }> | undefined {
  return plan.action === 'refused'
    ? { outcome: 'refused', problem: plan.problem!, remedy: plan.remedy! }
    : undefined;
}

function sequenceOf({ plan }: PublishOutcome): number {
  return plan.entry?.sequence ?? plan.newest!.entry.sequence;
}

function ended(sequence: number, before: number, lossesOnly: boolean): DeliveryOutcome {
  return {
    outcome: sequence === before ? 'unchanged' : 'in force',
    sequence,
    ...(lossesOnly && { lossesOnly }),
  };
}

/** Whether another publisher appended an entry that wants something else, while the last step was waited for. */
async function undone(
  { plan }: PublishOutcome,
  { store, identity, trusted }: DeliverOptions,
): Promise<DeliveryOutcome | undefined> {
  const { newest } = await readLog(store, identity, trusted);
  const { index } = plan.entry ?? plan.newest!.entry;
  if (!newest || newest.entry.index.content === index.content) return undefined;
  const { sequence, reason } = newest.entry;
  return {
    outcome: 'refused',
    problem: `entry ${sequence} came meanwhile and wants something else: ${reason}`,
    remedy: 'see: npx ztna history',
  };
}

/**
 * What waits for nothing goes first: newly revoked certificates, and where the bundle is on hold, the access that it takes
 * away. No hold keeps that back, and what the bundle gives beside it stays on hold.
 * @returns as `revokeFirst`
 */
export async function takeFirst(
  plan: EnvironmentPlan,
  options: DeliverOptions,
  attempts = ATTEMPTS,
): Promise<RevocationOutcome> {
  const revoked = await revokeFirst(plan, options);
  if (revoked.refused) return revoked;
  const { removals: bundle } = revoked.plan;
  if (!bundle || !(await publish({ ...options, execute: false })).plan.held) return revoked;
  const published = await publish({ ...options, ...ontoOf(revoked.plan), bundle, execute: true });
  const refused = refusedBy(published);
  if (refused && attempts > 1 && isOutrun(revoked.plan, published))
    return takeFirst(await readEnvironment(options), options, attempts - 1);
  if (refused) return { refused };
  options.tell(
    `entry ${sequenceOf(published)} takes away what this takes away, on every component; the rest is on hold`,
  );
  return { plan: await readEnvironment(options) };
}

/** How revoking ended: what is still to be delivered, or why nothing may be. */
export type RevocationOutcome =
  | { plan: EnvironmentPlan; refused?: undefined }
  | { refused: Extract<DeliveryOutcome, { outcome: 'refused' }> };

/**
 * What is newly revoked is refused everywhere before anything else is delivered. Where a delivery is under
 * way, everybody returns to what all had before it, so that a refusal later on cannot bring it back.
 * @returns the plan where nothing is newly revoked; else what the environment's log is read to want then
 */
export async function revokeFirst(
  plan: EnvironmentPlan,
  options: DeliverOptions,
  attempts = ATTEMPTS,
): Promise<RevocationOutcome> {
  const { revocations: bundle } = plan;
  if (!bundle) return { plan };
  const published = await publish({ ...options, ...ontoOf(plan), bundle, execute: true });
  const refused = refusedBy(published);
  if (refused && attempts > 1 && isOutrun(plan, published))
    return revokeFirst(await readEnvironment(options), options, attempts - 1);
  if (refused) return { refused };
  options.tell(`entry ${published.plan.entry?.sequence} revokes on every component, before anything else`);
  return { plan: await readEnvironment(options) };
}

/** How often other publishers may be first before a delivery gives up. */
const ATTEMPTS = 10;

/** What takes something of what is in force is made for that very content, and shows no revert. */
function ontoOf({ newest }: EnvironmentPlan): Pick<PublishOptions, 'onto' | 'holdsStay'> {
  return { onto: { content: newest?.entry.index.content }, holdsStay: true };
}

/** Whether another publisher has appended an entry since a plan was made, which wants something else. */
function isOutrun(made: EnvironmentPlan, { plan: { newest } }: PublishOutcome): boolean {
  return newest?.entry.index.content !== made.newest?.entry.index.content;
}

function stageOf({ components }: Stage, all: readonly string[]): { stage?: ReadonlySet<string> } {
  return components.length < all.length ? { stage: new Set(components) } : {};
}
