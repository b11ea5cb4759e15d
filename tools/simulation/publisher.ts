import type { Signer } from '../contract/dsse.ts';
import { Fault } from '../contract/fault.ts';
import { heartbeat, release, rollback } from '../publish/append.ts';
import { collect } from '../publish/collect.ts';
import { publish, type Published } from '../publish/publish.ts';
import { IDENTITY } from '../publish/testing/publisher.ts';
import { Commits } from './commits.ts';
import { bundleFor } from './company.ts';
import type { Intent } from './oracle.ts';
import { signerOf, storeOf } from './faulty-proxy.ts';
import { Process } from './scheduler.ts';
import { hold } from './invariant.ts';
import type { World } from './cluster.ts';

/** Hours until an entry expires: longer than any run lasts. */
const LIFETIME = 10_000;

/** What a publisher is asked to do. */
export type Request =
  /** Of the newest commit, or of one so many before it: a job that is run again. */
  | { do: 'publish'; force?: boolean; old?: number }
  | { do: 'heartbeat' }
  | { do: 'rollback'; back: number }
  | { do: 'release' }
  | { do: 'collect'; keep: number };

/** Starts a publisher's process, which does one thing. */
export function beginPublishing(world: World, name: string, request: Request): void {
  const process = new Process(name, world.stage);
  world.interrupted += 1;
  world.stage.begin(process, async () => {
    try {
      await carryOut(world, process, request);
      world.interrupted -= 1;
    } catch (error) {
      const known = error instanceof Fault;
      hold(
        known || (error as Error).message.startsWith('sign'),
        `${request.do} throws ${(error as Error).stack}`,
      );
    }
  });
}

async function carryOut(world: World, process: Process, request: Request): Promise<void> {
  const role = request.do === 'publish' ? 'publish' : request.do;
  const store = storeOf(process, role, world.past, world.back);
  const now = () => world.at;
  const clock = { now: () => 0, sleep: (milliseconds: number) => world.pause(process, milliseconds) };
  const place = { store, identity: IDENTITY, trusted: world.trusted, now, execute: true, clock };
  if (request.do === 'collect') return void (await collect({ ...place, keep: request.keep }));
  const intent: Intent = request.do === 'publish' && request.force ? 'publish by force' : request.do;
  const common = {
    ...place,
    signer: recording(world, signerOf(process, role, world.signer), intent),
    lifetimeHours: LIFETIME,
    reason: request.do,
  };
  const newest = world.ledger.newest;
  if (request.do === 'publish') return judge(world, await publish({ ...common, ...source(world, request) }));
  if (request.do === 'heartbeat') return judge(world, await heartbeat(common));
  if (request.do === 'rollback') {
    const to = Math.max(1, (newest?.entry.sequence ?? 1) - request.back);
    return judge(world, await rollback({ ...common, to }));
  }
  const undone = newest?.entry.holds.at(-1)?.undone ?? 1;
  judge(world, await release({ ...common, undone }));
}

/** What is published: a commit, as a clone of it has it. */
function source(
  { ledger: { commits } }: World,
  { force = false, old = 0 }: { force?: boolean; old?: number },
) {
  const number = Math.max(0, commits.count - 1 - old);
  return {
    bundle: bundleFor(commits.stateOf(number)),
    commit: Commits.idOf(number),
    descends: async (id: string) => Commits.descends(number, id),
    dirtyAllowed: false,
    force,
  };
}

/** A signer of which the ledger hears what it signs. */
function recording({ ledger }: World, signer: Signer, intent: Intent): Signer {
  return {
    ...signer,
    sign(bytes) {
      ledger.signing(bytes, intent);
      return signer.sign(bytes);
    },
  };
}

/** Whoever is told that an entry was appended finds it in the log. */
function judge({ ledger }: World, { plan, executed, digest }: Published): void {
  if (!executed || !plan.entry) return;
  const { sequence } = plan.entry;
  hold(
    ledger.entries.get(sequence)?.digest === digest,
    `a publisher believes that entry ${sequence} is its own`,
  );
}
