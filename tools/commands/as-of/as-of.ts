import { decide } from '../../access/decide.ts';
import { concerning } from '../../access/concerning.ts';
import { explain } from '../../access/explain.ts';
import { indexPolicies } from '../../access/model.ts';
import { enforcedDifference } from '../../access/parts-difference.ts';
import { typed } from '../../access/request.ts';
import { instantText } from '../../access/values/time-zone.ts';
import { identityOf } from '../../contract/log/entry.ts';
import { Fault } from '../../contract/fault.ts';
import type { Environment, Past, PastAnswer, PastEnvironment, Request } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { nothingIn } from '../../publish/change.ts';
import { trustedKeys } from '../../publish/keys/keys.ts';
import { recordsOf } from '../../report/delivery-record.ts';
import { decidedAt, enforcedWhere, pastEntry, type LogMoment } from '../../report/past.ts';
import { listAcks } from '../../store/acks.ts';
import { type StoreKind, withStore } from '../../store/open.ts';
import type { Context, Option } from '../shared/command.ts';
import { EMBEDDED, targetOf } from '../shared/environment.ts';
import { cacheIn } from '../shared/load.ts';
import { instantOption } from '../shared/values.ts';
import { stateAt, type PastSide } from './state.ts';

/** The option by which a command looks at what was in the log, and not at the files. */
export const AS_OF = {
  flags: '--as-of <when>',
  description: 'what the signed log said then: an instant, or the sequence of an entry',
} as const satisfies Option;

/** What one side of a past state is asked: the instant is when the entry decided, in milliseconds. */
export type Ask = (
  side: PastSide,
  environment: Environment,
  at: number,
) => Omit<PastAnswer, 'components' | 'commit'>;

/** What is looked at, and where. */
export interface PastQuestion {
  asOf: string;
  store?: StoreKind | undefined;
  environments: readonly Environment[];
}

/** What the logs of environments said, and what those who are asked about could do. @throws Fault for an instant to come */
export async function past(
  context: Context,
  { asOf, store = EMBEDDED, environments }: PastQuestion,
  ask: Ask,
): Promise<Past> {
  const now = context.now();
  const when = whenOf(asOf, now);
  const found: (PastEnvironment & { at: number })[] = [];
  for (const environment of environments)
    found.push(await pastOf(context, environment, { store, when }, ask));
  const at = found[0]?.at ?? now.getTime();
  return { at: instantText(at), environments: found.map(({ at: _, ...one }) => one) };
}

function whenOf(text: string, now: Date): LogMoment {
  if (/^[1-9][0-9]{0,11}$/.test(text)) return { sequence: Number(text) };
  const instant = instantOption(text, now);
  if (instant <= now.getTime()) return { instant };
  throw new Fault(`${text} is to come`, 'ask for an instant that is past; of what is to come, --at tells');
}

async function pastOf(
  context: Context,
  environment: Environment,
  { store: kind, when }: { store: StoreKind; when: LogMoment },
  ask: Ask,
): Promise<PastEnvironment & { at: number }> {
  const identity = identityOf(environment);
  const trusted = trustedKeys(context.state, environment, kind);
  return withStore(targetOf(context, kind, environment), async ({ store }) => {
    const { one, all } = await decidedAt(store, identity, trusted, when);
    const at = 'instant' in when ? when.instant : Date.parse(one!.entry.issuedAt);
    if (!one) return { environment: environment.id, at, entry: null, answers: [], enforced: [] };
    const log = { ...identity, epoch: one.entry.epoch };
    const { source, sides } = await stateAt({ store, root: context.root, cache: cacheIn(context) }, one, all);
    const acks = await listAcks(store, log, context.now().getTime());
    return {
      ...{ environment: environment.id, at, entry: pastEntry(one, all, source) },
      answers: sides.map((side) => ({
        components: side.components,
        ...(side.from && { commit: side.from.commit }),
        ...ask(side, environment, at),
      })),
      enforced: enforcedWhere(one, all, acks, await recordsOf(store, log)),
    };
  });
}

/** Asks for one request. Where it names no port or no instant, they are the service's only one, and when the entry decided. */
export function requesting(request: Omit<Request, 'port' | 'at'> & Partial<Request>): Ask {
  return ({ part, from }, _, at) => {
    const access = indexPolicies(part.access);
    const whole = {
      ...request,
      port: request.port ?? onlyPort(part.access, request.service),
      at: request.at ?? instantText(at),
    };
    const { decision, policies, reason } = decide(access, typed(whole));
    // What would change an answer of the past is no advice.
    const explanation = from && { ...explain(from.repository, whole, at), changes: [] };
    return { answer: { decision, policies, reason }, ...(explanation && { explanation }) };
  };
}

function onlyPort({ services }: PastSide['part']['access'], id: string): number {
  const ports = services.find((one) => one.id === id)?.ports ?? [[0, 0]];
  const [[first, last]] = ports as [[number, number]];
  if (ports.length === 1 && first === last) return first;
  throw new Fault('which port?', `add --port, one of those of \`${id}\``);
}

/** Asks who had what. @param names the repository whose groups people are named by where no commit says it */
export function listingPast(
  only: { service?: string | undefined; principal?: string | undefined },
  names: Repository,
): Ask {
  return ({ part, from }, { id }, at) => {
    const side = { access: part.access, connectors: [], refusals: new Set<string>() };
    const named = from?.repository ?? names;
    const { gains } = enforcedDifference(id, nothingIn(id), side, named, at);
    return { access: concerning(named, gains, only) };
  };
}
