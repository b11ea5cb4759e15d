import type { LogPosition } from '../contract/log/entry.ts';
import type { ParameterStore } from '../store/store.ts';
import type { ComponentProbe } from './component-probe.ts';
import type { DurableFiles } from '../files/durable-file.ts';
import type { FollowerEvent } from './events.ts';
import type { Subject } from './content/fetch.ts';

/** What a follower works with. Times are in milliseconds. */
export interface FollowerParts extends Subject {
  store: ParameterStore;
  /** Which instance of the component this is: a task id or host name. */
  instance: string;
  /** Where the slots are; nobody else writes there. */
  folder: string;
  /** The enforcement file. */
  file: string;
  probe: ComponentProbe;
  /** Default: the machine's disk. */
  files?: DurableFiles;
  /** Instead of the poll interval that the part says. */
  pollMs?: number;
  /** What the deployment demands at least, for a start without state. */
  minimum?: LogPosition;
  /** How long after its expiry an entry is accepted at a start without state; default a day. */
  graceMs?: number;
  /** Over how long acks are spread; default: such that all instances of all components use a third of SSM's writes together. */
  ackSpreadMs?: number;
  /** How long the component may take to take up a file; default ten seconds, at most a sixth of the lease. */
  patienceMs?: number;
  /** The wall clock, for what others read; it may be set, back as well. */
  now(): number;
  /** The time since some instant, which nobody sets: for all that is waited for. */
  elapsed(): number;
  /** From 0 to 1, for the jitter. */
  random(): number;
  onEvent(event: FollowerEvent): void;
}
