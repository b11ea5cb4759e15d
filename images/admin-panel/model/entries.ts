import { difference } from '../../../tools/access/difference.ts';
import { membership } from '../../../tools/access/values/membership.ts';
import { Fault } from '../../../tools/contract/fault.ts';
import { comparePositions } from '../../../tools/contract/log/entry.ts';
import { holdName, liftingCommand, positionsOf } from '../../../tools/contract/log/hold.ts';
import type {
  EntryDetail,
  EnvironmentDifference,
  Expiring,
  HoldRow,
  PanelHolds,
} from '../../../tools/contract/shapes.ts';
import { endingsOf } from '../../../tools/propose/expire.ts';
import type { StoreKind } from '../../../tools/store/open.ts';
import type { Approvals } from '../state/approvals.ts';
import type { PublishedRepositories } from '../state/repositories.ts';
import { NotFound, type EnvironmentView } from './view.ts';

/** What is soon, in milliseconds. */
const SOON_MS = 30 * 24 * 3_600_000;

/** Holds, each with the command that releases it and what it holds back, where that is known. */
export async function holdsIn(
  view: EnvironmentView,
  published: PublishedRepositories,
  kind: StoreKind,
): Promise<PanelHolds> {
  const { observed } = view.store;
  const entry = observed?.newest?.entry;
  // The alias is the one that Terraform gives the environment's key.
  const flags = kind === 'aws' ? `--store aws --key kms:alias/ztna-${view.environment.id}-signing` : '';
  const rows = (entry?.holds ?? []).map(async (hold): Promise<HoldRow> => {
    const { undone, kept } = positionsOf(hold, entry!.epoch);
    const held =
      comparePositions(undone, { ...undone, epoch: entry!.epoch }) === 0
        ? await differenceBetween(view, published, kept.sequence, undone.sequence)
        : undefined;
    return {
      hold,
      name: holdName(hold, entry!.epoch),
      command: liftingCommand(view.environment.id, hold, entry!.epoch, flags),
      ...(held && !('unknown' in held) && { difference: held.difference }),
    };
  });
  return { environment: view.environment.id, holds: await Promise.all(rows) };
}

/** Policies, certificates and the entry, as far as they end by themselves. */
export function expiringIn(view: EnvironmentView): Expiring {
  const { expired, soon } = endingsOf(view.repository, view.now, SOON_MS);
  const certificates = (view.store.convergence?.components ?? []).flatMap(({ component, instances }) =>
    instances.flatMap(({ instance, figures }) =>
      figures?.certificateNotAfter === undefined
        ? []
        : [{ component, instance, notAfter: figures.certificateNotAfter }],
    ),
  );
  const newest = view.store.convergence?.newest;
  return {
    environment: view.environment.id,
    expired: [...expired],
    soon: [...soon].sort((a, b) => (a.expires < b.expires ? -1 : 1)),
    certificates: certificates.sort((a, b) => (a.notAfter < b.notAfter ? -1 : 1)),
    ...(newest && { entryExpiresAt: newest.expiresAt }),
  };
}

/** From where more of an entry is known than the log says. */
export interface EntrySources {
  published: PublishedRepositories;
  approvals: Approvals;
}

/** One entry, who approved it, and what it changed. @throws NotFound */
export async function entryIn(
  view: EnvironmentView,
  { published, approvals }: EntrySources,
  sequence: number,
): Promise<EntryDetail> {
  const rows = view.store.history?.entries ?? [];
  const entry = rows.find((row) => row.sequence === sequence);
  if (!entry) throw new NotFound(`there is no entry ${sequence}`, 'choose one of the history');
  const before = rows.find((row) => row.sequence < sequence && row.valid);
  const enforcedAfter = view.store.enforcedAfter.get(sequence);
  const approval = entry.commit === undefined ? undefined : await approvals.of(entry.commit);
  const same = before?.content !== undefined && before.content === entry.content;
  const changed = !entry.valid
    ? { unknown: 'it is not valid' }
    : !before
      ? { unknown: 'the entry before it is not in the log' }
      : same
        ? { difference: unchanged(view) }
        : await differenceBetween(view, published, before.sequence, sequence);
  return {
    environment: view.environment.id,
    entry,
    ...(before && { before: before.sequence }),
    ...changed,
    ...(enforcedAfter !== undefined && { enforcedAfter }),
    ...approval,
  };
}

/** Who gained and lost between two entries; or why that is not known. */
export async function differenceBetween(
  view: EnvironmentView,
  published: PublishedRepositories,
  from: number,
  to: number,
): Promise<{ difference: EnvironmentDifference } | { unknown: string }> {
  const history = view.store.history;
  const [before, after] = [from, to].map((sequence) =>
    history?.entries.find((row) => row.sequence === sequence && row.valid),
  );
  if (!history || !before || !after)
    throw new NotFound(`there is no valid entry ${before ? to : from}`, 'choose one of the history');
  if (before.content === after.content) return { difference: unchanged(view) };
  try {
    const [was, is] = await Promise.all([published.of(history, before), published.of(history, after)]);
    const at = Date.parse(after.issuedAt!);
    const id = view.environment.id;
    const all = memoized(was, is, at);
    return { difference: all.find(({ environment }) => environment === id) ?? unchanged(view) };
  } catch (error) {
    if (error instanceof Fault) return { unknown: error.message };
    throw error;
  }
}

const differences = new WeakMap<object, WeakMap<object, Map<number, EnvironmentDifference[]>>>();

/** A difference, worked out once. */
function memoized(
  ...[was, is, at]: [Parameters<typeof difference>[0], Parameters<typeof difference>[1], number]
): EnvironmentDifference[] {
  const of = differences.get(was) ?? new WeakMap<object, Map<number, EnvironmentDifference[]>>();
  differences.set(was, of);
  const known = of.get(is) ?? new Map<number, EnvironmentDifference[]>();
  of.set(is, known);
  const found = known.get(at) ?? difference(was, is, { at });
  known.set(at, found);
  return found;
}

/** Two entries with the same content, such as a heartbeat. */
function unchanged({ environment, repository, loaded }: EnvironmentView): EnvironmentDifference {
  const services = new Set(
    [...loaded.connectors.values()].flatMap(({ value }) => value.services.map(({ service }) => service)),
  );
  const { id, production = true } = environment;
  return {
    ...{ environment: id, production, gains: [], losses: [], destinations: [], revocations: [] },
    ...{ principals: membership(repository).everybody.length, services: services.size },
  };
}
