import { canonicalBytes } from '../contract/log/canonical.ts';
import { DIRECTORY_TYPE, seal, type Signer } from '../contract/log/dsse.ts';
import { entryName, headName } from '../contract/names.ts';
import { Fault } from '../contract/fault.ts';
import { type Clock, systemClock } from '../store/clock.ts';
import { StoreFault } from '../store/fault.ts';
import type { ParameterStore } from '../store/store.ts';
import type { Plan } from './plan.ts';
import type { Chunk } from './prepare.ts';

/** What applying needs of the world. */
export interface Hands {
  store: ParameterStore;
  signer: Signer;
  /** Told how far it is, in a few words, at each step. */
  progress?: (step: string) => void;
  /** Told what a person should know of it, although the entry is in force. */
  warn?: (text: string) => void;
  clock?: Clock;
}

/** How often what was written is looked for, with doubling pauses from 100 ms: six seconds in all. */
const LOOKS = 7;

/**
 * Carries out a plan whose action is not `refused`: chunks, read-back, signature, log name, head, in that order.
 * A crash anywhere leaves the entry before in force, or this one; running again completes it.
 * Once the entry is in the log it is in force: what the store does not do after that is a warning, and no failure.
 * @returns `lost` when another publisher appended an entry first: look again and make a new plan
 * @throws Fault when the store does not give back what was written; StoreFault when it does not answer
 */
export async function apply(plan: Plan, hands: Hands): Promise<'done' | 'lost'> {
  if (plan.action === 'refused') throw new TypeError('a refused plan is not carried out');
  if (plan.entry) {
    await writeChunks(plan.create, hands);
    await readBack(plan.readBack, hands);
    hands.progress?.('signing');
    if (plan.directory) await writeDirectory(plan.directory, hands);
    const text = await seal(canonicalBytes(plan.entry), hands.signer);
    await readBack(plan.readAgain, hands);
    const name = entryName(plan.identity, plan.entry.sequence);
    hands.progress?.(`appending entry ${plan.entry.sequence}`);
    if ((await hands.store.create(name, text)) === 'exists' && !(await isOurs(name, text, hands)))
      return 'lost';
  }
  if (plan.head !== undefined) await moveHead(headName(plan.identity), plan.head, hands);
  if (plan.entry) await keepThere(plan.readAgain, plan.entry.sequence, hands);
  return 'done';
}

/** One that is there already says the same: it is beside the index that its name says. */
async function writeDirectory(
  { name, payload }: NonNullable<Plan['directory']>,
  { store, signer }: Hands,
): Promise<void> {
  await store.create(name, await seal(canonicalBytes(payload), signer, DIRECTORY_TYPE));
}

/** Does what follows once the entry is in force. Where the store fails, a person is told how it is then, and what to do. */
async function afterwards(
  work: () => Promise<void>,
  { is, todo }: { is: string; todo: string },
  { warn }: Hands,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StoreFault) || error.interrupted) throw error;
    warn?.(`${is}: ${error.message}; ${error.remedy}; ${todo}`);
  }
}

/** Followers find an entry also without the head, by its name. */
async function moveHead(name: string, sequence: number, hands: Hands): Promise<void> {
  const is = `entry ${sequence} is in force, and the head does not say so yet`;
  const todo = 'the next publish writes it';
  await afterwards(() => hands.store.put(name, String(sequence)), { is, todo }, hands);
}

/** Puts back chunks that were collected between the look at them and the entry that names them. */
async function keepThere(chunks: readonly Chunk[], sequence: number, hands: Hands): Promise<void> {
  if (chunks.length === 0) return;
  const is = `entry ${sequence} is in force, and chunks of it may be missing`;
  const todo =
    'see whether instances can read it with: npx ztna status; where they cannot: npx ztna rollback';
  await afterwards(() => putBack(chunks, hands), { is, todo }, hands);
}

async function putBack(chunks: readonly Chunk[], hands: Hands): Promise<void> {
  const found = await hands.store.get(chunks.map(({ name }) => name));
  const gone = chunks.filter(({ name }) => !found.has(name));
  if (gone.length > 0)
    hands.progress?.(`${gone.length} chunks were collected at this moment: putting them back`);
  await writeChunks(gone, hands);
}

async function writeChunks(chunks: readonly Chunk[], { store, progress }: Hands): Promise<void> {
  for (const [index, { name, value }] of chunks.entries()) {
    progress?.(`writing chunk ${index + 1} of ${chunks.length}`);
    // One that exists by now was written by another publisher, or by us with the answer lost: read-back compares.
    await store.create(name, value);
  }
}

/** Reads chunks until all are there; what was written a moment ago may not be visible yet. */
async function readBack(
  chunks: readonly Chunk[],
  { store, progress, clock = systemClock }: Hands,
): Promise<void> {
  if (chunks.length === 0) return;
  progress?.(`reading back ${chunks.length} chunks`);
  let missing = chunks;
  for (let look = 0; missing.length > 0; look += 1) {
    if (look === LOOKS) throw new Fault(`${missing[0]!.name} was written and is not there`, 'publish again');
    if (look > 0) await clock.sleep(100 * 2 ** (look - 1));
    const found = await store.get(missing.map(({ name }) => name));
    const other = missing.find(({ name, value }) => found.has(name) && found.get(name)!.value !== value);
    if (other)
      throw new Fault(
        `${other.name} has other bytes than its name says`,
        'find out who wrote it, then remove it',
      );
    missing = missing.filter(({ name }) => !found.has(name));
  }
}

/** Whether the entry that exists is the one we wrote, the answer to which was lost. */
async function isOurs(name: string, text: string, { store, clock = systemClock }: Hands): Promise<boolean> {
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await clock.sleep(100 * 2 ** (look - 1));
    const there = (await store.get([name])).get(name);
    if (there) return there.value === text;
  }
  throw new Fault(`${name} exists and cannot be read`, 'publish again');
}
