import { comparePositions, type LogPosition } from '../../contract/log/entry.ts';
import { positionText } from '../../contract/log/hold.ts';
import { ackName } from '../../contract/names.ts';
import type { Ack, Enforcement } from '../../contract/shapes.ts';
import { StoreFault } from '../../store/fault.ts';
import { Follower } from '../../follow/follower.ts';
import type { Memory, RefusedEntry } from '../../follow/slots.ts';
import { expected, refusalOf, said } from './company.ts';
import { ComponentModel } from './component.ts';
import { Disk, filesOf, storeOf } from '../kill/faulty-proxy.ts';
import type { Cluster, FollowerDeployment } from './cluster.ts';
import { Process } from '../scheduler/scheduler.ts';
import { invariant } from '../oracle/invariant.ts';

type Task = 'poll' | 'renew' | 'report';

/** Before every entry. */
const NOWHERE: LogPosition = { epoch: 0, sequence: 0 };

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
  #confirmed = new Set<string>();
  /** How long the trace was when the process began. */
  #beganAt = 0;
  #last: LogPosition = NOWHERE;
  /** The floor before. */
  #before: string | undefined;
  /** What it was deployed with. */
  deployment: FollowerDeployment;
  /** Since when it has had something in force, of which entries. */
  readonly #borne: { text: string; from: LogPosition; since: number }[] = [];

  readonly cluster: Cluster;
  readonly id: string;
  public instance: string;
  /** How far the clock of its machine is ahead of the store's, in milliseconds. */
  skew = 0;

  constructor(cluster: Cluster, id: string, instance: string) {
    this.cluster = cluster;
    this.id = id;
    this.instance = instance;
    this.deployment = cluster.deployment;
    this.component = new ComponentModel(this.disk, 'out/enforcement.json', () => cluster.at + this.skew);
    this.component.watch = (file) => this.#enforced(file);
    this.component.confirmed = (place) => {
      this.#confirmed.add(positionText(place));
      this.#last = place;
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

  /** Starts its process anew, as it is deployed now, whatever the one before is doing. */
  start(deployment: FollowerDeployment = this.cluster.deployment): void {
    this.kill();
    const { cluster, id, instance } = this;
    this.deployment = deployment;
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
      ...deployment,
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
      now: () => cluster.at + this.skew,
      elapsed: () => cluster.at,
      random: () => 0.5,
      onEvent: () => {},
    });
    this.process = process;
    this.#beganAt = cluster.scheduler.trace.length;
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
    this.#last = NOWHERE;
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

  get #floor(): LogPosition {
    return this.state.memory?.floor ?? NOWHERE;
  }

  /** Since when it has borne something that it got after an entry; undefined where it has not. */
  borneSince(text: string | undefined, after: LogPosition): number | undefined {
    return this.#borne.find((one) => one.text === text && comparePositions(one.from, after) >= 0)?.since;
  }

  /** Judges a file that is about to come into force. */
  #enforced(file: Enforcement): void {
    const { sequence, component } = file;
    const { oracle, at } = this.cluster;
    const signed = oracle.at(file);
    invariant(signed, `${this.id} enforces ${sequence}, which nobody signed`);
    invariant(component === this.id, `${this.id} enforces a file for ${component}`);
    const [should, does] = [expected(signed.state, this.id), said(file)];
    invariant(
      should === does,
      `${this.id} enforces a mix: entry ${sequence} says \`${should}\`, the file \`${does}\``,
    );
    for (const bottom of [this.#floor, this.deployment.minimum ?? NOWHERE])
      invariant(
        comparePositions(file, bottom) >= 0,
        `${this.id} enforces ${positionText(file)}, below its floor ${positionText(bottom)}`,
      );
    this.#borne.push({ text: does, from: { epoch: file.epoch, sequence }, since: at });
  }

  /**
   * Whether what was in force could not be read since the process began: then the newest entry that a slot has is the
   * floor, though it may only have been staged, since nothing that was in force can be above it.
   */
  #stateUnread(): boolean {
    const { trace } = this.cluster.scheduler;
    const unread = `${this.process?.name}: follow: read state.json -- unreadable`;
    return trace.slice(this.#beganAt).includes(unread);
  }

  /** Judges what is written to the disk. */
  #written(path: string, text: string | undefined): void {
    if (path !== 'slots/state.json' || text === undefined) return;
    const { memory } = JSON.parse(text) as { memory?: Memory };
    const floor = memory?.floor ?? NOWHERE;
    const { sequence, entry } = { entry: undefined, ...floor };
    const compared = comparePositions(floor, this.#floor);
    invariant(compared >= 0, `${this.id} lowers its floor to ${positionText(floor)}`);
    const before = this.state.memory?.floor.entry;
    if (compared === 0)
      return invariant(
        before === entry,
        `${this.id} takes another entry in the place of its floor ${sequence}`,
      );
    this.#before = before;
    const signed = this.cluster.oracle.at(floor);
    invariant(
      signed?.digest === entry,
      `${this.id} takes ${sequence} for last known good, which nobody signed`,
    );
    const none = expected(signed!.state, this.id) === undefined;
    invariant(
      none || this.#confirmed.has(positionText(floor)) || this.#stateUnread(),
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
    const signed = refused && this.cluster.oracle.at(refused);
    const low = refused && comparePositions(refused, this.deployment.minimum ?? this.#floor) <= 0;
    if (signed?.digest === refused?.entry && !low && !this.cluster.wereForged)
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
      comparePositions(this.#last, enforced) >= 0,
      `${this.id} acks ${sequence}, and ${positionText(this.#last)} is what was confirmed last`,
    );
    invariant(
      refused?.entry !== entry || refusalOf(expected(signed!.state, this.id) ?? '') !== undefined,
      `${this.id} acks ${sequence} as both enforced and refused, which is good`,
    );
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
    if (this.cluster.at - this.#heard > RENEWED) return `its ack is of ${ack.at}`;
    if (wanted === undefined)
      return ack.state === 'denying' && !this.component.inForce ? undefined : 'it should deny';
    if (this.component.picky && refusalOf(wanted) !== undefined)
      return ack.refused?.sequence === sequence
        ? undefined
        : `it should refuse ${sequence}: ${JSON.stringify(ack)}`;
    const { file } = this.component.inForce ?? {};
    if (!file || comparePositions(file, newest.entry) !== 0) return `it does not enforce ${sequence}`;
    return ack.enforced?.sequence === sequence
      ? undefined
      : `its ack does not say ${sequence}: ${JSON.stringify(ack)}`;
  }

  /** Whether it enforces the newest entry, as far as that has a part for it. */
  get agrees(): boolean {
    const newest = this.cluster.oracle.newest!;
    const wanted = expected(newest.state, this.id);
    const { enforced, refused } = this.ack ?? {};
    const isRefused = refused !== undefined && comparePositions(refused, newest.entry) === 0;
    return wanted === undefined || (comparePositions(enforced ?? NOWHERE, newest.entry) === 0 && !isRefused);
  }

  /** When it has reported, by the store's clock. */
  get #heard(): number {
    const { past } = this.cluster;
    return past.modified.get(ackName(this.deployment.identity, this.id, this.instance)) ?? 0;
  }

  /** What it has reported. */
  get ack(): Ack | undefined {
    const text = this.cluster.past.values.get(ackName(this.deployment.identity, this.id, this.instance));
    return text === undefined ? undefined : (JSON.parse(text) as Ack);
  }
}
