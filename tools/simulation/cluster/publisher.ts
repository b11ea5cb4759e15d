import type { Signer } from '../../contract/log/dsse.ts';
import { Fault } from '../../contract/fault.ts';
import { deliver, type DeliveryOutcome } from '../../deliver/deliver.ts';
import { readEnvironment } from '../../deliver/environment-plan.ts';
import { beginEpoch } from '../../deliver/epoch.ts';
import { digestOf } from '../../contract/log/canonical.ts';
import type { LogIdentity } from '../../contract/log/entry.ts';
import { heartbeat, release, rollback } from '../../publish/append.ts';
import { collect } from '../../publish/collect/collect.ts';
import { forget } from '../../publish/collect/forget.ts';
import { publish, type PublishOutcome } from '../../publish/publish.ts';
import { stateMemory } from '../../publish/state.ts';
import { BAKE_SECONDS } from '../oracle/append-rules.ts';
import { Commits } from '../oracle/commits.ts';
import { bundleFor, gains } from './company.ts';
import type { Intent } from './signed-entry.ts';
import { signerOf, storeOf } from '../kill/faulty-proxy.ts';
import { Process } from '../scheduler/scheduler.ts';
import { invariant } from '../oracle/invariant.ts';
import { collectionJudge, convergenceIn } from '../oracle/liveness.ts';
import { CANARY, isWhole } from '../oracle/states.ts';
import type { Cluster } from './cluster.ts';

/** Hours until an entry expires: longer than any run lasts. */
const LIFETIME = 10_000;

/** What a publisher is asked to do; `off` says by how many hours its clock is wrong. */
export type PublisherTask =
  /** Of the newest commit, or of one so many before it: a job that is run again. */
  | { do: 'publish'; force?: boolean; old?: number; off?: number }
  /** The same, ring by ring. */
  | { do: 'deliver' }
  | { do: 'heartbeat'; off?: number }
  | { do: 'rollback'; back: number }
  | { do: 'release' }
  | { do: 'collect'; keep: number }
  | { do: 'forget'; instance: string };

/** Who gets something new first, and how patiently a delivery waits for all who are to have it, in seconds. */
const RINGS = [{ id: 'canary', components: [CANARY], bakeSeconds: BAKE_SECONDS }];
const PATIENCE = 30;

/** Starts a publisher's process, which does one thing. */
export function beginPublishing(cluster: Cluster, name: string, request: PublisherTask): Process {
  const process = new Process(name, cluster.scheduler);
  cluster.interrupted += 1;
  if (request.do !== 'collect' && request.do !== 'forget') cluster.atWork.add(process);
  const others = [...cluster.atWork].filter(({ alive }) => alive);
  if (others.length > 1) for (const one of others) cluster.overlapped.add(one);
  cluster.scheduler.begin(process, async () => {
    try {
      await carryOut(cluster, process, request);
      cluster.interrupted -= 1;
    } catch (error) {
      const known = error instanceof Fault;
      invariant(
        known || (error as Error).message.startsWith('sign'),
        `${request.do} throws ${(error as Error).stack}`,
      );
    } finally {
      cluster.atWork.delete(process);
    }
  });
  return process;
}

async function carryOut(cluster: Cluster, process: Process, request: PublisherTask): Promise<void> {
  // What it was checked out with: environment.yaml may change meanwhile.
  const { identity } = cluster;
  const role = request.do === 'deliver' ? 'publish' : request.do;
  const store = storeOf(process, role, cluster.past, cluster.back);
  const off = 'off' in request && request.off !== undefined ? request.off * 3_600_000 : 0;
  const now = () => cluster.at + off;
  const clock = {
    now: () => cluster.at,
    sleep: (milliseconds: number) => cluster.pause(process, milliseconds),
  };
  const place = { store, identity, trusted: cluster.trusted, now, execute: true, clock };
  if (request.do === 'collect') {
    const judge = collectionJudge(cluster);
    const remove = async (names: readonly string[]) => {
      await process.observe(() => judge(names));
      return store.remove(names);
    };
    return void (await collect({ ...place, store: { ...store, remove }, keep: request.keep }));
  }
  if (request.do === 'forget')
    return void (await forget({ ...place, log: identity, instance: request.instance }));
  const intent: Intent = request.do === 'publish' && request.force ? 'publish by force' : request.do;
  const common = {
    ...place,
    signer: recording(cluster, process, signerOf(process, role, cluster.signer), intent),
    lifetimeHours: LIFETIME,
    reason: request.do,
  };
  const newest = cluster.oracle.newestOf(identity.epoch);
  if (request.do === 'deliver') {
    const look = () => convergenceIn(cluster, store, identity);
    const memory = stateMemory();
    const told = { rings: RINGS, patienceSeconds: PATIENCE, memory, look, tell: () => {} };
    const delivery = { ...common, ...source(cluster, {}), ...told };
    if (await beginEpoch(delivery)) return;
    const delivered = await deliver(await readEnvironment(delivery), delivery);
    return judgeDelivery(cluster, identity, delivered, !cluster.overlapped.has(process));
  }
  if (request.do === 'publish')
    return judge(cluster, await publish({ ...common, ...source(cluster, request) }));
  if (request.do === 'heartbeat') return judge(cluster, await heartbeat(common));
  if (request.do === 'rollback') {
    const to = Math.max(1, (newest?.entry.sequence ?? 1) - request.back);
    return judge(cluster, await rollback({ ...common, to }));
  }
  const undone = newest?.entry.holds.at(-1)?.undone ?? 1;
  judge(cluster, await release({ ...common, undone }));
}

/** What is published: a commit, as a clone of it has it. */
function source(
  { oracle: { commits } }: Cluster,
  { force = false, old = 0 }: { force?: boolean; old?: number },
) {
  const number = Math.max(0, commits.count - 1 - old);
  return {
    bundle: bundleFor(commits.stateOf(number)),
    commit: Commits.idOf(number),
    contains: async (id: string) => Commits.contains(number, id),
    dirtyAllowed: false,
    force,
  };
}

/** A signer of which the oracle hears what it signs, and since when its publisher has been at work. */
function recording(cluster: Cluster, process: Process, signer: Signer, intent: Intent): Signer {
  const from = cluster.at;
  const alone = () => !cluster.overlapped.has(process);
  const key = digestOf(Buffer.from(signer.publicKey, 'base64'));
  return {
    ...signer,
    sign(bytes) {
      cluster.oracle.signing(bytes, { intent, key, alone, from, to: cluster.at });
      return signer.sign(bytes);
    },
  };
}

/** A publisher that is told of an appended entry finds it in the log. */
function judge({ oracle }: Cluster, { plan, executed, digest }: PublishOutcome): void {
  if (!executed || !plan.entry) return;
  const { sequence } = plan.entry;
  invariant(
    oracle.at(plan.entry)?.digest === digest,
    `a publisher believes that entry ${sequence} is its own`,
  );
}

/** What a delivery says of itself is so. */
function judgeDelivery(
  { oracle }: Cluster,
  { epoch }: LogIdentity,
  outcome: DeliveryOutcome,
  alone: boolean,
): void {
  if (outcome.outcome === 'refused') return;
  const at = (sequence: number) => oracle.at({ epoch, sequence })!;
  const { entry, state } = at(outcome.sequence);
  const { sequence } = entry;
  if (outcome.outcome === 'waiting') return;
  if (outcome.outcome !== 'halted')
    return invariant(
      isWhole(state) && entry.base === undefined,
      `entry ${sequence} is said to be in force, and not all have it`,
    );
  if (outcome.kept !== undefined)
    return invariant(state === at(outcome.kept).state, `entry ${sequence} halts, and goes back elsewhere`);
  const left = oracle.newestOf(epoch)!.entry.sequence === sequence && entry.base !== undefined;
  const gained = left ? gains(at(entry.base!).state, state) : [];
  invariant(
    !alone || gained.length === 0,
    `entry ${sequence} was refused, and still gives ${gained.join(' ')}`,
  );
}
