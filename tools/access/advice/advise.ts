import type { Policy } from '../../contract/shapes.ts';
import type { Repository, RepositoryFile } from '../../load/repository.ts';
import { compile } from '../compile.ts';
import { decide, type TypedRequest } from '../decide.ts';
import {
  covers,
  indexPolicies,
  WITHOUT_CERTIFICATE,
  type Access,
  type IndexedPolicy,
  type IndexedService,
} from '../model.ts';
import { Calendar } from '../solver/calendar.ts';
import { attributeMaskOf, deviceFacts } from '../values/device.ts';
import { DAY, parseInstant, type Instant } from '../values/time-zone.ts';
import { edited, reduced, type Asked } from './edits.ts';
import { factsOf, isUnknown, stepsInto, subsets, waysTo, type Fact } from './facts.ts';
import type { Advice, EditStep, FactStep } from './steps.ts';

/** How many ways to change an answer are named. */
const SHOWN = 3;

/**
 * What would turn a denial into an answer that allows: first what is unknown and the values that pass, then the
 * nearest allow and what it lacks, then what others have to change, a deny last. Each is decided again.
 * @param at from when on waiting is counted
 */
export function advise(
  repository: Repository,
  request: TypedRequest,
  environment: string,
  at: Instant,
): Advice[] {
  const asked = { principal: request.principal, service: request.service, environment };
  if (!repository.services.has(request.service)) return [];
  const search = new Search(reduced(repository, asked), asked, request, new Calendar(at));
  const offered: Advice[] = [];
  for (const { candidates, besides } of search.tiers()) {
    if (!offered.every((one) => besides(one, at))) break;
    // What is no nearer than what is offered already is not worth saying.
    const fitting = candidates.filter((one) => isFor(request, one));
    const nearer = offered.length === 0 ? fitting : fitting.filter((one) => !besides(one, at));
    const helping = nearer.filter((one) => passes(repository, asked, request, one));
    offered.push(...helping.slice(0, SHOWN - offered.length));
  }
  return offered;
}

/** Whether somebody can follow advice: no group and no policy can name a client without certificate. */
function isFor({ principal }: TypedRequest, { edits }: Advice): boolean {
  return (
    principal !== WITHOUT_CERTIFICATE || edits.every(({ step }) => step === 'register' || step === 'renew')
  );
}

/** A longer wait is no help. */
const PATIENCE = 7 * DAY;

/** Whether advice is to ask for another port, or to wait longer than people do. */
function isFar({ facts }: Advice, at: Instant): boolean {
  return facts.some((fact) => fact.step === 'port' || (fact.step === 'wait' && fact.until > at + PATIENCE));
}

/** Whether advice is to come later, or to another port. */
function isDetour({ facts }: Advice): boolean {
  return facts.some(({ step }) => step === 'wait' || step === 'port');
}

/** Advice that is likely to help, and beside what else it is worth offering. */
interface Tier {
  candidates: Advice[];
  besides(offered: Advice, at: Instant): boolean;
}

/** Decides again, with the first and with the last of the values that are said to help. */
function passes(repository: Repository, asked: Asked, request: TypedRequest, advice: Advice): boolean {
  const access = accessOf(edited(repository, asked, advice.edits), asked);
  return [0, -1].every((which) => decide(access, followed(request, advice, which)).decision === 'allow');
}

function accessOf(repository: Repository, { environment }: Asked): Access {
  return indexPolicies(compile(repository, environment));
}

/** The request of a person who follows advice. @param which 0 for the first of the values that help, -1 for the last */
export function followed(
  request: TypedRequest,
  { facts }: Pick<Advice, 'facts'>,
  which: number,
): TypedRequest {
  return facts.reduce((before, fact) => ({ ...before, ...otherwise(before, fact, which) }), request);
}

function otherwise(request: TypedRequest, fact: FactStep, which: number): Partial<TypedRequest> {
  if (fact.step === 'wait') return { at: fact.until };
  if (fact.step === 'port') return { port: which === 0 ? fact.ports[0]! : fact.ports.at(-1)! - 1 };
  if (fact.step === 'device') {
    const rest = request.device & ~attributeMaskOf(fact.attribute);
    return { device: rest | deviceFacts({ [fact.attribute]: fact.values.at(which)! }) };
  }
  const { v4, v6 } = fact.sources;
  if (v4.length > 0 && (which === 0 || v6.length === 0))
    return { source: { family: 4, value: which === 0 ? v4[0]! : v4.at(-1)! - 1 } };
  return { source: { family: 6, value: which === 0 ? v6[0]! : v6.at(-1)! - 1n } };
}

/** One state of the files: the service, and the policies about it and the principal. */
interface Scene {
  edits: readonly EditStep[];
  service: IndexedService;
  allows: readonly IndexedPolicy[];
  denies: readonly IndexedPolicy[];
}

/** Facts of a request that may be others: how many of them it says, and how much it would change. */
interface Varied {
  facts: ReadonlySet<Fact>;
  known: number;
  cost: number;
}

/** Looks for everything that could help. */
class Search {
  constructor(
    readonly repository: Repository,
    readonly asked: Asked,
    readonly request: TypedRequest,
    readonly calendar: Calendar,
  ) {}

  /** What is unknown; what the person can do; what the owners of groups and policies can; a deny last. */
  *tiers(): Iterable<Tier> {
    const registered = accessOf(this.repository, this.asked).serviceIndex.has(this.asked.service);
    const first: EditStep[] = registered ? [] : [{ step: 'register' }];
    const as = this.#scene(first);
    if (!as) return;
    const sets = this.#sets(as);
    const nothing = () => false;
    yield {
      candidates: this.#nearest(
        as,
        sets.filter(({ known }) => known === 0),
      ),
      besides: nothing,
    };
    yield { candidates: this.#nearest(as, sets), besides: nothing };
    const others = this.#grants().flatMap((edits) => this.#scene([...first, ...edits]) ?? []);
    const granted = others.map((scene) => this.#nearest(scene, this.#sets(scene)));
    yield { candidates: best(granted), besides: isDetour };
    const anew = [this.#scene([...first, { step: 'allow' }])].filter((scene) => scene !== undefined);
    const added = anew.map((scene) => this.#nearest(scene, this.#sets(scene)));
    yield { candidates: best(added), besides: isFar };
    const spared = [as, ...others, ...anew].map((scene) => this.#sparing(scene));
    yield { candidates: best(spared), besides: isFar };
  }

  #scene(edits: readonly EditStep[]): Scene | undefined {
    const access = accessOf(edited(this.repository, this.asked, edits), this.asked);
    const service = access.services[access.serviceIndex.get(this.asked.service) ?? -1];
    if (!service) return undefined;
    const principal = access.classIndex.get(this.asked.principal) ?? 0;
    const about = (policies: readonly IndexedPolicy[]) => policies.filter((one) => covers(one, principal));
    return { edits, service, allows: about(service.allows), denies: about(service.denies) };
  }

  /** Sets of facts that may be others, those with the fewest changes first; to say what is unknown changes little. */
  #sets({ allows, denies }: Pick<Scene, 'allows' | 'denies'>): Varied[] {
    const sets = subsets(factsOf([...allows, ...denies], this.request)).map((facts) => {
      const known = [...facts].filter((fact) => !isUnknown(this.request, fact)).length;
      return { facts, known, cost: facts.size + known };
    });
    return sets.sort((a, b) => a.cost - b.cost);
  }

  /** All that helps with the fewest facts changed. */
  #nearest({ edits, service, allows, denies }: Scene, sets: readonly Varied[]): Advice[] {
    const policies = [...allows, ...denies];
    let least = Infinity;
    return sets.flatMap(({ facts: varied, known, cost }) => {
      if (cost > least) return [];
      const boxes = waysTo(service, policies, this.request, varied, this.calendar);
      const found = boxes.flatMap((box) => {
        const facts = stepsInto(box, varied);
        return facts ? [{ edits, facts, stated: varied.size > 0 && known === 0 }] : [];
      });
      if (found.length > 0) least = cost;
      return found;
    });
  }

  /** Edits by which an allow that there is would be about the principal, or would not have expired. */
  #grants(): EditStep[][] {
    const at = this.request.at ?? this.calendar.from;
    const covered = new Set(this.#scene([])?.allows.map(({ id }) => id));
    return [...this.repository.policies.values()].flatMap(({ value }: RepositoryFile<Policy>) => {
      if (value.effect !== 'allow') return [];
      const { id, who, when } = value;
      const expired = when?.expires !== undefined && parseInstant(when.expires) <= at;
      const renew: EditStep[] = expired ? [{ step: 'renew', policy: id }] : [];
      if (covered.has(id)) return expired ? [renew] : [];
      const groups = (who.groups ?? []).map((group): EditStep => ({ step: 'join', group }));
      const joins: EditStep[] = groups.length > 0 ? groups : [{ step: 'name', policy: id }];
      return joins.map((join) => [join, ...renew]);
    });
  }

  /** The same where denies leave the principal out: as few of them as do. */
  #sparing(scene: Scene): Advice[] {
    const { edits, service, allows, denies } = scene;
    const without = { ...scene, denies: [] };
    const varied = this.#sets(scene).find((set) => this.#nearest(without, [set]).length > 0);
    if (!varied) return [];
    const kept: IndexedPolicy[] = [];
    for (const deny of denies)
      if (this.#nearest({ ...scene, denies: [...kept, deny] }, [varied]).length > 0) kept.push(deny);
    const spared = denies.filter((deny) => !kept.includes(deny));
    const steps = spared.map(({ id }): EditStep => ({ step: 'spare', policy: id }));
    return this.#nearest({ edits: [...edits, ...steps], service, allows, denies: kept }, [varied]);
  }
}

/** Of several lists those with the fewest steps, each advice once. */
function best(lists: readonly Advice[][]): Advice[] {
  const size = ({ edits, facts }: Advice): number => 2 * edits.length + facts.length;
  const all = lists.flat();
  const least = Math.min(...all.map(size));
  return all.filter((one) => size(one) === least);
}
