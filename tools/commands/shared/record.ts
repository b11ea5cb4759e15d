import type { Bundle } from '../../bundle/assemble.ts';
import { Fault, sentenceOf } from '../../contract/fault.ts';
import type { PublicKey } from '../../contract/log/dsse.ts';
import { patienceSeconds, ratesOf, type StageSize } from '../../contract/log/budget.ts';
import { isLive } from '../../contract/log/liveness.ts';
import { textLine } from '../../contract/terminal-text.ts';
import type { Convergence, DeliveryRecord, Environment } from '../../contract/shapes.ts';
import { isLossesOnly } from '../../publish/losses.ts';
import type { PublishOutcome } from '../../publish/publish.ts';
import { committedAt, findCommit } from '../../git/git.ts';
import { awaitStage } from '../../deliver/wait.ts';
import { keepRecord, recordOf } from '../../report/delivery-record.ts';
import { convergenceOf } from '../../report/observe.ts';
import { watchOf } from '../../report/watch.ts';
import { type StoreKind } from '../../store/open.ts';
import type { StoredAck } from '../../store/acks.ts';
import type { ParameterStore } from '../../store/store.ts';
import type { Context, ExitStatus, Option } from './command.ts';
import { ratesAt } from './environment.ts';

/** Whether a command waits for what it has appended. */
export const WAIT = [
  {
    flags: '--wait',
    description:
      'wait until every live instance enforces it, and keep how long that took; status 1 where one refuses it or it takes too long',
    fallback: 'with --store aws',
  },
  { flags: '--no-wait', description: 'end once it is appended, and keep no record of how long it took' },
] as const satisfies readonly Option[];

/** A delivery that is in force, and where. */
export interface DeliveryInForce {
  store: ParameterStore;
  environment: Environment;
  trusted: readonly PublicKey[];
  kind: DeliveryRecord['kind'];
  /** The commit whose merge it began with; absent where it began with the entry. */
  commit?: string;
  /** What the last look found, where it was at all components. */
  seen?: Convergence | undefined;
}

/** Keeps a record of a delivery that is in force; that it cannot be kept changes nothing of it. */
export async function keepDelivery(
  { store, environment, trusted, kind, commit, seen }: DeliveryInForce,
  { root, err, now }: Context,
): Promise<void> {
  const isMerged =
    commit !== undefined && !commit.endsWith('-dirty') && (await findCommit(root, commit)) !== undefined;
  const mergedAt = isMerged ? { mergedAt: await committedAt(root, commit) } : {};
  try {
    const found = seen ?? (await convergenceOf(store, environment, trusted, now().getTime()));
    const record = recordOf(found, { kind, ...mergedAt });
    if (record) await keepRecord(store, record);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    err(textLine(`no record of the delivery is kept: ${sentenceOf(error)}`));
  }
}

/** Who is waited for, by what a look found. */
export function sizeOf({ components }: Convergence, { bundle }: Environment): StageSize {
  const live = components.map(({ instances }) => instances.filter(isLive).length);
  return sizeFor(bundle, components.length, live);
}

/** The same, by acks that were read, before an entry names the components. */
export function sizeBy(
  acks: readonly StoredAck[],
  { bundle }: Environment,
  { parts }: Pick<Bundle, 'parts'>,
): StageSize {
  const live = new Map<string, number>();
  for (const { presence, instance } of acks) {
    const component = instance.slice(0, instance.lastIndexOf('/'));
    if (presence === 'live') live.set(component, (live.get(component) ?? 0) + 1);
  }
  const components = new Set([...parts.flatMap((part) => part.components), ...live.keys()]);
  return sizeFor(bundle, components.size, [...live.values()]);
}

function sizeFor(bundle: Environment['bundle'], components: number, live: readonly number[]): StageSize {
  return {
    components,
    instances: Math.max(1, ...live),
    total: live.reduce((sum, one) => sum + one, 0),
    pollSeconds: bundle.pollSeconds,
    rates: ratesOf(bundle),
  };
}

/** What is waited for: an entry that was appended, or was the newest already. */
interface EntryWait {
  store: ParameterStore;
  kind: StoreKind;
  environment: Environment;
  trusted: readonly PublicKey[];
  published: PublishOutcome;
  /** Whether to; else nothing is done. */
  wait: boolean | undefined;
}

/**
 * Waits until every live instance enforces an entry that went to all at once, says so, and keeps the record of it.
 * @returns the exit status
 */
export async function waitFor(
  { store, kind, environment, trusted, published: { plan, executed }, wait }: EntryWait,
  context: Context,
): Promise<ExitStatus> {
  const entry = plan.entry ?? plan.newest?.entry;
  if (!wait || !executed || plan.action === 'refused' || !entry) return 0;
  const { id } = environment;
  const now = (): number => context.now().getTime();
  const watch = watchOf({ environment, trusted, now, rates: ratesAt(kind, environment) });
  // Standard output is the plan's, which may be JSON.
  const tell = (text: string): void => context.err(textLine(`${id}: ${text}`));
  const first = await watch.look(store);
  // Before a first deployment there is nobody who could take it.
  if (sizeOf(first, environment).total === 0) {
    tell('no instance is live, and none is waited for');
    return 0;
  }
  const components = first.components.filter(({ state }) => state !== 'removed');
  const verdict = await awaitStage(
    { ring: 'all', components: components.map(({ component }) => component), bakeSeconds: 0 },
    entry.sequence,
    {
      look: () => watch.look(store),
      pauseMs: watch.pauseMs,
      patienceSeconds: patienceSeconds(sizeOf(first, environment)),
      tell,
    },
  );
  if (verdict.state === 'refused') tell(`${verdict.component} refuses it: ${verdict.reason}`);
  if (verdict.state === 'waiting') tell(`it is not enforced yet by ${verdict.missing.join(', ')}`);
  if (verdict.state !== 'enforced') return 1;
  await keepDelivery({ store, environment, trusted, kind: kindOf(plan, now()), seen: watch.seen() }, context);
  return 0;
}

/** Whether an entry only takes access away; one that changes nothing does not. @param at from when on access is compared, in milliseconds */
function kindOf({ change }: PublishOutcome['plan'], at: number): DeliveryRecord['kind'] {
  if (!change?.before || change.before === 'unreadable') return 'change';
  if (change.before.content === change.after.content) return 'change';
  return isLossesOnly(change.before.parts, change.after.parts, at) ? 'revocation' : 'change';
}
