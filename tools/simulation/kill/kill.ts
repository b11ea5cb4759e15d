import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { trust } from '../../contract/log/dsse.ts';
import { type Ack, type Enforcement, validateAck, validateEnforcement } from '../../contract/shapes.ts';
import { verifyEntry, type VerifiedEntry } from '../../contract/log/entry.ts';
import { ackName } from '../../contract/names.ts';
import { startStore } from '../../store/embedded/server.ts';
import type { Memory } from '../../follow/slots.ts';
import { publicHalf } from '../../publish/keys/keys.ts';
import { fetchState } from '../../publish/state.ts';
import { listLog } from '../../store/log.ts';
import { EMBEDDED_CREDENTIALS, ssmStore } from '../../store/ssm.ts';
import type { ParameterStore } from '../../store/store.ts';
import { company, sizeOfFiles } from '../../testing/company.ts';
import { filesOf, writeFiles } from '../../testing/repository-files.ts';
import { companyOf, IDENTITY } from '../../publish/testing/publisher.ts';
import { Dice, seeded } from '../../testing/random.ts';
import { runIn, type CliProcess, startIn } from '../../testing/run-cli.ts';
import { invariant } from '../oracle/invariant.ts';

const COMPONENT = 'intermediate/one';
const FOLLOW = ['follow', '--env', 'lab', '--component', COMPONENT, '--out', 'out', '--instance', 'victim'];
const publishing = (round: number) => ['publish', '--env', 'lab', '--execute', '--reason', String(round)];

/** Milliseconds after its plan is shown within which a publisher is killed, and a follower of what it publishes. */
const SPAN = { publish: 200, follow: 900 };

/**
 * Kills real processes that publish and follow, at random moments, with the embedded store served by whichever was
 * first: after each round everything on disk is looked at.
 * @returns what was done, in a sentence
 */
export async function kills(count: number, seed: number): Promise<string> {
  const dice = new Dice(seeded(seed));
  const root = newRepository();
  try {
    const scene = new KillScene(root);
    await succeeds(root, ['keys', 'init']);
    let [killed, round] = [0, 0];
    for (; killed < count; round += 1) {
      killed += await scene.round(round, dice);
      await scene.inspect(round);
    }
    await scene.inspect(await scene.completes(round));
    return `${killed} processes killed in ${round} rounds of seed ${seed}; ${scene.entries} entries, nothing lost and nothing mixed`;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function newRepository(): string {
  const root = mkdtempSync(join(tmpdir(), 'ztna-kill-'));
  const { guardrails } = company(sizeOfFiles(20));
  writeFiles(root, filesOf({ ...companyOf([person(0)]), guardrails: guardrails! }));
  return root;
}

function person(round: number): string {
  return `person-${round}@example.com`;
}

async function succeeds(root: string, words: readonly string[]): Promise<void> {
  const { status, stdout, stderr } = await runIn(root, words);
  invariant(status === 0, `${words[0]} ends with ${status}:\n${stdout}${stderr}`);
}

/** The repository, its store and its follower, between the rounds. */
class KillScene {
  readonly #texts = new Map<number, string>();
  #floor = 0;

  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get entries(): number {
    return this.#texts.size;
  }

  /** Publishes and follows at the same time, and kills both. @returns how many were killed before they ended */
  async round(round: number, dice: Dice): Promise<number> {
    this.#edit(round);
    const [publisher, follower] = [startIn(this.root, publishing(round)), startIn(this.root, FOLLOW)];
    const planned = Promise.race([publisher.says(/at default rates/), publisher.ended]);
    await planned;
    const one = async (victim: CliProcess, span: number) => {
      await sleep(dice.below(span));
      victim.child.kill('SIGKILL');
      await victim.ended;
      return victim.child.signalCode === 'SIGKILL' ? 1 : 0;
    };
    const killed = await Promise.all([one(publisher, SPAN.publish), one(follower, SPAN.follow)]);
    return killed[0]! + killed[1]!;
  }

  /** Without a kill, publishing and following complete. @returns the round's number */
  async completes(round: number): Promise<number> {
    this.#edit(round);
    await succeeds(this.root, publishing(round));
    await succeeds(this.root, [...FOLLOW, '--once']);
    const file = this.#enforcement();
    invariant(
      file?.sequence === this.#texts.size + 1 || file?.sequence === this.#texts.size,
      'the newest is not enforced',
    );
    invariant(principals(file!).join() === person(round), `${principals(file!).join()} is enforced at last`);
    return round;
  }

  #edit(round: number): void {
    const file = join(this.root, 'policies/groups/staff.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/person-\d+@example\.com/, person(round)));
  }

  /** Looks at everything that the killed left behind. */
  async inspect(round: number): Promise<void> {
    const folder = join(this.root, '.ztna/store');
    const server = await startStore({ folder });
    const place = { region: 'eu-central-1', endpoint: server.endpoint, credentials: EMBEDDED_CREDENTIALS };
    const store = ssmStore({ ...place, rates: 'none' });
    try {
      const entries = await this.#log(store);
      const ack = (await store.get([ackName(IDENTITY, COMPONENT, 'victim')])).values().next().value;
      this.#followed(entries, ack && (JSON.parse(ack.value) as Ack));
    } catch (error) {
      throw new Error(`round ${round}: ${(error as Error).message}`, { cause: error });
    } finally {
      store.close();
      await server.close();
    }
  }

  async #log(store: ParameterStore): Promise<Map<number, VerifiedEntry>> {
    const trusted = trust([publicHalf(join(this.root, '.ztna/keys/local.pem'), 'local')!]);
    const texts = await listLog(store, IDENTITY);
    for (const [sequence, text] of this.#texts)
      invariant(texts.get(sequence) === text, `entry ${sequence} has changed`);
    const entries = new Map<number, VerifiedEntry>();
    for (const [sequence, text] of [...texts].sort(([a], [b]) => a - b)) {
      const entry = verifyEntry(text, sequence, IDENTITY, trusted);
      invariant(entry.ok, `entry ${sequence} does not verify`);
      invariant(
        entry.entry.previous === (entries.get(sequence - 1)?.digest ?? null),
        `entry ${sequence} follows another`,
      );
      if (!this.#texts.has(sequence))
        invariant(await fetchState(store, entry.entry), `the parts of entry ${sequence} are not there`);
      entries.set(sequence, entry);
      this.#texts.set(sequence, text);
    }
    return entries;
  }

  #followed(entries: ReadonlyMap<number, VerifiedEntry>, ack: Ack | undefined): void {
    const file = this.#enforcement();
    const wanted = file && entries.get(file.sequence)?.entry.reason;
    invariant(!file || principals(file).join() === person(Number(wanted)), 'the enforcement file is a mix');
    const { memory } = JSON.parse(this.#read(`.ztna/follow/lab/${COMPONENT}/victim/state.json`) ?? '{}') as {
      memory?: Memory;
    };
    const floor = memory?.floor.sequence ?? 0;
    invariant(floor >= this.#floor, `the floor fell from ${this.#floor} to ${floor}`);
    this.#floor = floor;
    invariant(!file || file.sequence >= floor, `${file?.sequence} is enforced, below the floor ${floor}`);
    invariant(!ack || validateAck(ack), 'the ack does not fit its schema');
    const acked = ack?.enforced?.sequence ?? 0;
    invariant(acked <= floor, `${acked} is acknowledged, and last known good is ${floor}`);
  }

  #enforcement(): Enforcement | undefined {
    const text = this.#read('out/enforcement.json');
    const file: unknown = text === undefined ? undefined : JSON.parse(text);
    invariant(
      file === undefined || validateEnforcement(file),
      'the enforcement file does not fit its schema',
    );
    return file as Enforcement | undefined;
  }

  #read(path: string): string | undefined {
    try {
      return readFileSync(join(this.root, path), 'utf8');
    } catch {
      return undefined;
    }
  }
}

function principals({ intermediate }: Enforcement): string[] {
  return intermediate!.classes.filter(({ grants }) => grants.length > 0).flatMap((one) => one.principals);
}
