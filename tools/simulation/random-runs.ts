import fc from 'fast-check';
import { chunkNames } from '../store/part.ts';
import { type Attack, attack, ATTACKS, spoil } from './cluster/attacker.ts';
import { VARIANTS } from './cluster/company.ts';
import { POSSIBLE } from './scheduler/faults.ts';
import { beginPublishing, type PublisherTask } from './cluster/publisher.ts';
import { shrink, type Script } from './scheduler/shrink.ts';
import { Coverage } from './scheduler/coverage.ts';
import { Choices } from './scheduler/choices.ts';
import { invariant } from './oracle/invariant.ts';
import { verifyLiveness } from './oracle/liveness.ts';
import { Cluster } from './cluster/cluster.ts';

/** One thing that begins. */
type Command =
  | PublisherTask
  | { do: 'merge'; state: number }
  | {
      do: 'poll' | 'renew' | 'report' | 'kill' | 'start' | 'look' | 'stop' | 'replace' | 'forget one';
      who: number;
    }
  | { do: 'restart component'; who: number; picky: boolean }
  | { do: 'attack'; how: Attack; number: number }
  | { do: 'trust the next key' | 'change the key' | 'raise the epoch' | 'deploy' | 'spoil' | 'repair' }
  | { do: 'wait'; minutes: number };

const who = fc.integer({ min: 0, max: 2 });
const weighted = (weight: number, arbitrary: fc.Arbitrary<Command>) => ({ weight, arbitrary });

/** What two publishers, the person on call, a collector, three followers, their components and an attacker may begin. */
const COMMAND: fc.Arbitrary<Command> = fc.oneof(
  weighted(6, fc.record({ do: fc.constant('merge'), state: fc.nat(VARIANTS.length - 1) })),
  weighted(8, fc.record({ do: fc.constant('publish') })),
  weighted(1, fc.record({ do: fc.constant('publish'), force: fc.constant(true) })),
  weighted(3, fc.record({ do: fc.constant('publish'), old: fc.integer({ min: 1, max: 2 }) })),
  weighted(1, fc.record({ do: fc.constant('heartbeat') })),
  weighted(3, fc.record({ do: fc.constant('deliver') })),
  weighted(
    2,
    fc.record({
      do: fc.constantFrom('trust the next key', 'change the key', 'deploy', 'spoil', 'repair'),
    }),
  ),
  weighted(1, fc.record({ do: fc.constantFrom('raise the epoch', 'deploy') })),
  weighted(
    1,
    fc.record({ do: fc.constantFrom('publish', 'heartbeat'), off: fc.constantFrom(-200, -1, 1, 9000) }),
  ),
  weighted(3, fc.record({ do: fc.constant('rollback'), back: fc.integer({ min: 1, max: 3 }) })),
  weighted(1, fc.record({ do: fc.constant('release') })),
  weighted(2, fc.record({ do: fc.constant('collect'), keep: fc.integer({ min: 1, max: 2 }) })),
  weighted(20, fc.record({ do: fc.constant('poll'), who })),
  weighted(7, fc.record({ do: fc.constantFrom('renew', 'report', 'kill', 'start', 'look'), who })),
  weighted(2, fc.record({ do: fc.constantFrom('stop', 'replace', 'forget one'), who })),
  weighted(1, fc.record({ do: fc.constant('restart component'), who, picky: fc.boolean() })),
  weighted(2, fc.record({ do: fc.constant('attack'), how: fc.constantFrom(...ATTACKS), number: fc.nat(20) })),
  weighted(4, fc.record({ do: fc.constant('wait'), minutes: fc.constantFrom(1, 3, 10, 1500) })),
);

/**
 * What happens in a run: what is begun, and the choices that decide in which order it goes on and what goes wrong.
 * (Not fast-check's scheduler: it chooses among promises, and the order must be chosen from the same choices as the
 * faults, among processes that may end with their promises still open.)
 */
const RUN = fc.noBias(
  fc.record({
    commands: fc.array(COMMAND, { minLength: 3, maxLength: 40, size: 'max' }),
    choices: fc.uint8Array({ maxLength: 4000, size: 'max' }),
  }),
);

/** How often in 256 something goes wrong with a call. */
const MISHAPS = 16;
/** How many smaller runs are tried when one went wrong. */
export const SHRINKING = 1500;
/** How many times everybody polls before what has not come to rest never will. */
const ROUNDS = 8;

async function begin(cluster: Cluster, command: Command): Promise<void> {
  const follower = 'who' in command ? cluster.followers[command.who]! : cluster.followers[0]!;
  switch (command.do) {
    case 'merge':
      return cluster.oracle.commits.add(VARIANTS[command.state]!);
    case 'poll':
    case 'renew':
    case 'report':
      return follower.begin(command.do);
    case 'kill':
      return follower.kill();
    case 'start':
      return follower.start();
    case 'stop':
      return follower.stop();
    case 'replace':
      return follower.replaceByAnother();
    case 'forget one':
      return void beginPublishing(cluster, 'forget', {
        do: 'forget',
        instance: `${follower.id}/${follower.instance}`,
      });
    case 'trust the next key':
      return cluster.trustNext();
    case 'change the key':
      return cluster.changeKey();
    case 'raise the epoch':
      return cluster.raiseEpoch();
    case 'deploy':
      return cluster.deploy();
    case 'repair':
      return cluster.repair();
    case 'spoil':
      return spoilOne(cluster);
    case 'look':
      return follower.component.look();
    case 'restart component':
      return follower.component.restart(command.picky);
    case 'attack':
      return attack(cluster, command.how, command.number);
    case 'wait':
      return void (cluster.at += command.minutes * 60_000);
    default:
      return void beginPublishing(cluster, command.do, command);
  }
}

/** Changes a chunk of the newest entry. */
async function spoilOne(cluster: Cluster): Promise<void> {
  const { newest } = cluster.oracle;
  cluster.unsafe = true;
  if (newest) await spoil(cluster, chunkNames(newest.entry, newest.entry.index)[0]!);
}

/** Makes one run. @throws Violation when something happens that never may @returns what happened, in order */
export async function run(
  { commands, choices: bytes }: { commands: readonly Command[]; choices: Uint8Array },
  coverage: Coverage,
  trace: string[] = [],
): Promise<void> {
  const choices = new Choices(bytes);
  const cluster = new Cluster(coverage);
  cluster.scheduler.trace = trace;
  cluster.back = () => choices.below(3);
  cluster.scheduler.decide = ({ kind }) =>
    choices.rarely(MISHAPS) ? POSSIBLE[kind][choices.below(POSSIBLE[kind].length)] : undefined;
  for (const command of commands) {
    // Whatever is under way goes on, for a while or to its end, before the next thing begins.
    while (cluster.scheduler.waiting > 0 && !choices.rarely(32))
      await cluster.scheduler.go((count) => choices.below(count));
    trace.push(`begin ${JSON.stringify(command)}`);
    await begin(cluster, command);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await cluster.scheduler.finish((count) => choices.below(count));
  await converge(cluster);
}

/** Once nothing goes wrong any more everybody comes to enforce the newest entry; and the next one, if there is one. */
async function converge(cluster: Cluster): Promise<void> {
  cluster.putRight();
  const late = await cluster.settle(ROUNDS);
  invariant(late === undefined || cluster.excused || cluster.unbegun, `it does not converge: ${late}`);
  beginPublishing(cluster, 'last publisher', { do: 'publish', force: cluster.excused });
  await cluster.scheduler.finish();
  // Where a hold is against it, nothing begins the new epoch.
  if (cluster.unbegun) return;
  const behind = await cluster.settle(ROUNDS);
  invariant(behind === undefined, `it does not converge after the last publish: ${behind}`);
  await verifyLiveness(cluster);
}

/** Makes so many runs. @param tries how many smaller ones are tried when one goes wrong @throws an error with a small run that goes wrong, and how to make it again */
export async function randomRuns(
  { runs, seed, tries = SHRINKING }: { runs: number; seed: number; tries?: number },
  coverage: Coverage,
): Promise<void> {
  const property = fc.asyncProperty(RUN, (one) => run(one, coverage));
  const details = await fc.check(property, { numRuns: runs, seed, endOnFailure: true });
  if (!details.failed) return;
  const [found] = details.counterexample ?? [];
  if (!found) throw details.errorInstance;
  const wrong = (one: Script<Command>) =>
    run(one, new Coverage()).then(
      () => false,
      () => true,
    );
  const small = await shrink(found, wrong, tries);
  const trace: string[] = [];
  const error = await run(small, new Coverage(), trace).catch((caught: unknown) => caught);
  const nth = `run ${details.numRuns} of seed ${seed}`;
  throw new Error(`${nth}: ${(error as Error).message}\n  ${trace.join('\n  ')}`, { cause: error });
}
