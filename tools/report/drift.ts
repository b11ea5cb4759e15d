import type { InvalidEntry, VerifiedEntry } from '../contract/log/entry.ts';
import { holdName, liftingCommand } from '../contract/log/hold.ts';
import { isLive } from '../contract/log/liveness.ts';
import type { BundleIndex, ComponentState, DriftItem, EnvironmentDrift } from '../contract/shapes.ts';
import { convergence, type LogObservation } from './convergence.ts';

/** What git, the store and the components say of one environment. */
export interface Sayings {
  environment: string;
  /** What git would send each component, as the digest of its content. */
  git: ReadonlyMap<string, string>;
  newest?: VerifiedEntry;
  /** The newest entry's index; absent where it cannot be read. */
  contents?: BundleIndex;
  /** What is above the newest valid entry. */
  invalid: readonly InvalidEntry[];
  /** How far the components have come. */
  components: readonly ComponentState[];
  /** What commands to type need to find this store. */
  flags?: string;
}

/**
 * Where git, what was observed of the store, and the components do not agree.
 * @param git what git would send each component, as the digest of its content
 * @param now an instant in milliseconds, used where the store did not say what time it is
 */
export function driftOf(
  observed: LogObservation,
  git: ReadonlyMap<string, string>,
  now: number,
  flags = '',
): EnvironmentDrift {
  const at = observed.date ?? now;
  const { components } = convergence(observed, at);
  return drift({ ...observed, environment: observed.log.environment, git, components, flags }, at);
}

/** A heartbeat comes at least this often in an entry's lifetime. */
const HEARTBEATS = 5;

/**
 * Where git, the store and the components do not agree.
 * @param now an instant in milliseconds
 */
export function drift(sayings: Sayings, now: number): EnvironmentDrift {
  const { environment, newest } = sayings;
  const drifts = newest
    ? [...logDrift(sayings, newest, now), ...storeDrift(sayings), ...ackDrift(sayings)]
    : [item('log', 'log', 'nothing was published yet', 'publish it: npx ztna publish')];
  return { environment, drifts };
}

function item(kind: DriftItem['kind'], subject: string, message: string, remedy: string): DriftItem {
  return { kind, subject, message, remedy };
}

function logDrift({ invalid, contents, flags }: Sayings, { entry }: VerifiedEntry, now: number): DriftItem[] {
  const { environment, epoch, sequence, issuedAt, expiresAt, holds } = entry;
  const [issued, expires] = [Date.parse(issuedAt), Date.parse(expiresAt)];
  // Two beats may be missed before anybody needs to know.
  const late = now - issued > (3 * (expires - issued)) / HEARTBEATS;
  const age = `entry ${sequence} ${now >= expires ? 'expired' : 'expires'} at ${expiresAt}`;
  return [
    ...(late
      ? [item('log', 'log', `nobody has extended the log: ${age}`, 'renew it: npx ztna heartbeat')]
      : []),
    ...(contents
      ? []
      : [
          item(
            'log',
            'log',
            `the index of entry ${sequence} cannot be read`,
            'publish again: npx ztna publish',
          ),
        ]),
    ...invalid.map((one) =>
      item('log', `entry ${one.sequence}`, `it is not valid: ${one.reason}`, 'find out who wrote it'),
    ),
    ...holds.map((hold) =>
      item(
        'log',
        `entry ${holdName(hold, epoch)}`,
        `its change is on hold since ${hold.since}: ${hold.reason}`,
        `merge the revert, or lift the hold: ${liftingCommand(environment, hold, epoch, flags)}`,
      ),
    ),
  ];
}

function storeDrift({ git, contents, newest }: Sayings): DriftItem[] {
  if (!contents) return [];
  const all = [...new Set([...git.keys(), ...Object.keys(contents.components)])].sort();
  const { sequence, commit } = newest!.entry;
  return all.flatMap((component) => {
    const [wanted, published] = [git.get(component), contents.components[component]?.content];
    if (wanted === published) return [];
    const says =
      published === undefined
        ? `entry ${sequence} has nothing for it`
        : wanted === undefined
          ? 'git no longer has it'
          : `entry ${sequence}, from commit ${commit.slice(0, 12)}, says something else than git`;
    return [item('git-store', component, says, 'publish what git says: npx ztna publish')];
  });
}

const WORDS: Record<ComponentState['state'], string> = {
  enforcing: '',
  removed: '',
  behind: 'it enforces an older entry',
  ahead:
    'it enforces what the log does not have: the store is lost or an old copy, or it does not say the truth',
  refused: 'it refused the newest entry',
  stale: 'it enforces an entry that has expired',
  waiting: 'it could not take the newest entry yet',
  denying: 'it allows nothing',
  stopped: 'it has stopped, and nothing has taken its place',
  gone: 'it has gone silent, and nothing has taken its place',
  silent: 'it has never said what it enforces',
};

function ackDrift({ components }: Sayings): DriftItem[] {
  return components
    .filter(({ state }) => WORDS[state] !== '')
    .map(({ component, state, instances }) => {
      const live = instances.filter(isLive);
      const reasons = [...new Set(live.flatMap(({ reason }) => reason ?? []))].join('; ');
      const message = reasons ? `${WORDS[state]}: ${reasons}` : WORDS[state];
      return item('store-ack', component, message, 'look at its policy agent: npx ztna status');
    });
}
