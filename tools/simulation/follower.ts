import { ackName } from '../contract/names.ts';
import type { Ack, Enforcement } from '../contract/shapes.ts';
import { StoreFault } from '../store/fault.ts';
import { Follower } from '../follow/follower.ts';
import type { Memory, RefusedEntry } from '../follow/slots.ts';
import { IDENTITY } from '../publish/testing/publisher.ts';
import { expected, refusalOf, said } from './company.ts';
import { ComponentModel } from './component.ts';
import { Disk, filesOf, storeOf } from './faulty-proxy.ts';
import type { Cluster } from './cluster.ts';
import { Process } from './scheduler.ts';
import { invariant } from './invariant.ts';

type Task = 'poll' | 'renew' | 'report';

/** For how long an ack may be old when everything was just reported, in milliseconds: a renewal, and a round. */
const RENEWED = 301_000;

/** A component, its follower, and the disk between them; the follower may end and be started again. */
export class SimulatedFollower {
  readonly disk = new Disk();
  readonly component: ComponentModel;
  process: Process | undefined;
  #follower: Follower | undefined;
  #busy = new Set<Task | 'start' | 'stop'>();
  #replaced = 0;
  #stopping = false;
  #confirmed = new Set<number>();
  #last = 0;
  /** The floor before. */
  #before: string | undefined;

  constructor(
    readonly cluster: Cluster,
    readonly id: string,
    public instance: string,
  ) {
    this.component = new ComponentModel(this.disk, 'out/enforcement.json', () => cluster.at);
    this.component.watch = (file) => this.#enforced(file);
    this.component.confirmed = ({ sequence }) => {
      this.#confirmed.add(sequence);
      this.#last = sequence;
    };
    this.disk.watch = (path, text) => this.#written(path, text);
  }

  /** Does one of the things that a follower does again and again; starts it first where it is not running. */
  begin(task: Task): void {
    if (!this.process?.alive) return this.start();
    if (this.#busy.has('start') || this.#busy.has('stop') || this.#busy.has(task)) return;
    const follower = this.#follower!;
    const work = {
      poll: () => follower.poll(),
      renew: () => follower.leaseKeeper.renew(),
      report: () => follower.report(),
    };
    this.#run(task, work[task]);
  }

  /** Starts its process anew, whatever the one before is doing. */
  start(): void {
    this.kill();
    const { cluster, id, instance } = this;
    const process = new Process(`${id} ${instance}`, cluster.scheduler);
    const store = storeOf(process, 'follow', cluster.past, cluster.back);
    this.#stopping = false;
    const judge = (ack: Ack) => {
      const last = ack.state === 'stopped';
      invariant(
        last === this.#stopping,
        `${id} ${instance} says ${ack.state} ${last ? 'while it runs' : 'as its last word'}`,
      );
      this.#acking(ack);
    };
    this.#follower = new Follower({
      identity: IDENTITY,
      trusted: cluster.trusted,
      component: id,
      instance,
      // What an ack says is judged at the instant at which it is said.
      store: {
        ...store,
        async put(name, value) {
          await process.observe(() => judge(JSON.parse(value) as Ack));
          return store.put(name, value);
        },
      },
      folder: 'slots',
      file: 'out/enforcement.json',
      files: filesOf(process, this.disk),
      probe: this.component.probeFor(process),
      ackSpreadMs: 0,
      now: () => cluster.at,
      random: () => 0.5,
      onEvent: () => {},
    });
    this.process = process;
    this.#busy = new Set();
    const follower = this.#follower;
    this.#run('start', () => follower.start());
  }

  /** Ends it and forgets all that it knew, as a task does that is replaced. */
  replace(): void {
    this.kill();
    this.disk.texts.clear();
    this.component.restart();
    this.#confirmed.clear();
    this.#last = 0;
    this.#before = undefined;
  }

  /** The same, and what takes its place has another name; nobody says of the old one that it has ended. */
  replaceByAnother(): void {
    this.replace();
    this.#replaced += 1;
    this.instance = `${this.instance.replace(/-.*/, '')}-${this.#replaced}`;
  }

  /** Lets it say that it stops, and ends it; not while it does something else. */
  stop(): void {
    const process = this.process;
    if (!process?.alive || this.#busy.size > 0) return;
    this.#stopping = true;
    this.#run('stop', () => this.#follower!.stop().finally(() => process.end()));
  }

  kill(): void {
    this.process?.end();
  }

  #run(task: Task | 'start' | 'stop', work: () => Promise<unknown>): void {
    const busy = this.#busy.add(task);
    this.cluster.scheduler.begin(this.process!, async () => {
      await work().catch((error: NodeJS.ErrnoException) =>
        invariant(
          error instanceof StoreFault || ['ENOSPC', 'EIO'].includes(error.code ?? ''),
          `${task} throws ${error.stack}`,
        ),
      );
      busy.delete(task);
    });
  }

  /** What the disk says of last known good. */
  get state(): { memory?: Memory; refused?: RefusedEntry } {
    return JSON.parse(this.disk.texts.get('slots/state.json') ?? '{}');
  }

  get #floor(): number {
    return this.state.memory?.floor.sequence ?? 0;
  }

  /** Judges a file that is about to come into force. */
  #enforced(file: Enforcement): void {
    const { sequence, component } = file;
    const signed = this.cluster.oracle.entries.get(sequence);
    invariant(signed, `${this.id} enforces ${sequence}, which nobody signed`);
    invariant(component === this.id, `${this.id} enforces a file for ${component}`);
    const [should, does] = [expected(signed.state, this.id), said(file)];
    invariant(
      should === does,
      `${this.id} enforces a mix: entry ${sequence} says \`${should}\`, the file \`${does}\``,
    );
    invariant(sequence >= this.#floor, `${this.id} enforces ${sequence}, below its floor ${this.#floor}`);
  }

  /** Judges what is written to the disk. */
  #written(path: string, text: string | undefined): void {
    if (path !== 'slots/state.json' || text === undefined) return;
    const { memory } = JSON.parse(text) as { memory?: Memory };
    const { sequence = 0, entry } = memory?.floor ?? {};
    invariant(sequence >= this.#floor, `${this.id} lowers its floor to ${sequence}`);
    if (sequence === this.#floor) return;
    this.#before = this.state.memory?.floor.entry;
    const signed = this.cluster.oracle.entries.get(sequence);
    invariant(
      signed?.digest === entry,
      `${this.id} takes ${sequence} for last known good, which nobody signed`,
    );
    const none = expected(signed!.state, this.id) === undefined;
    invariant(
      none || this.#confirmed.has(sequence),
      `${this.id} raises its floor to ${sequence} before it is enforced`,
    );
    const slot = JSON.parse(this.disk.texts.get(`slots/slot-${memory!.slot}.json`) ?? '{}');
    invariant(
      slot.sequence === sequence,
      `${this.id} switches to a slot that holds another entry than ${sequence}`,
    );
  }

  /** Judges an ack that is about to be written. */
  #acking({ enforced, refused }: Ack): void {
    const signed = refused && this.cluster.oracle.entries.get(refused.sequence);
    if (signed?.digest === refused?.entry)
      invariant(
        !signed || refusalOf(expected(signed.state, this.id) ?? '') !== undefined,
        `${this.id} says that it refused ${refused?.sequence}, which is good: it could not take it yet`,
      );
    if (!enforced) return;
    const { sequence, entry } = enforced;
    // While the switch is on its way to the disk, its follower does not know of it yet.
    const good = [this.state.memory?.floor.entry, ...(this.#busy.has('poll') ? [this.#before] : [])];
    invariant(good.includes(entry), `${this.id} acks ${sequence}, which is not last known good`);
    invariant(
      this.#last >= sequence,
      `${this.id} acks ${sequence}, and ${this.#last} is what was confirmed last`,
    );
    invariant(refused?.entry !== entry, `${this.id} acks ${sequence} as both enforced and refused`);
  }

  /** Why it is not yet as the newest entry wants it, when nothing is wrong any more. */
  behind(): string | undefined {
    const newest = this.cluster.oracle.newest;
    if (!newest) return undefined;
    this.component.look();
    const { sequence } = newest.entry;
    const wanted = expected(newest.state, this.id);
    const ack = this.ack;
    if (!ack) return 'it has not reported';
    if (this.cluster.at - Date.parse(ack.at) > RENEWED) return `its ack is of ${ack.at}`;
    if (wanted === undefined)
      return ack.state === 'denying' && !this.component.inForce ? undefined : 'it should deny';
    if (this.component.picky && refusalOf(wanted) !== undefined)
      return ack.refused?.sequence === sequence
        ? undefined
        : `it should refuse ${sequence}: ${JSON.stringify(ack)}`;
    if (this.component.inForce?.file.sequence !== sequence) return `it does not enforce ${sequence}`;
    return ack.enforced?.sequence === sequence
      ? undefined
      : `its ack does not say ${sequence}: ${JSON.stringify(ack)}`;
  }

  /** Whether it enforces the newest entry, as far as that has a part for it. */
  get agrees(): boolean {
    const newest = this.cluster.oracle.newest!;
    const wanted = expected(newest.state, this.id);
    return wanted === undefined || this.ack?.enforced?.sequence === newest.entry.sequence;
  }

  /** What it has reported. */
  get ack(): Ack | undefined {
    const text = this.cluster.past.values.get(ackName(IDENTITY, this.id, this.instance));
    return text === undefined ? undefined : (JSON.parse(text) as Ack);
  }
}
