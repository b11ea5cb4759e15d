import type { Policy } from '../../contract/shapes.ts';
import type { Repository, RepositoryFile } from '../../load/repository.ts';
import { compile } from '../compile.ts';
import type { TypedRequest } from '../decide.ts';
import { covers, indexPolicies, type Access, type IndexedPolicy, type IndexedService } from '../model.ts';
import type { Calendar } from '../solver/calendar.ts';
import { DAY, parseInstant, type Instant } from '../values/time-zone.ts';
import { edited, type AccessQuestion } from './edits.ts';
import { factsOf, isUnknown, stepsInto, subsets, waysTo, type Fact } from './facts.ts';
import type { Advice, EditStep } from './steps.ts';

/** Advice that is likely to help, and beside what else it is worth offering. */
interface Tier {
  candidates: Advice[];
  besides(offered: Advice, at: Instant): boolean;
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

/** Looks for everything that could help. @see tiers */
export class Search {
  readonly repository: Repository;
  readonly asked: AccessQuestion;
  readonly request: TypedRequest;
  readonly calendar: Calendar;

  constructor(repository: Repository, asked: AccessQuestion, request: TypedRequest, calendar: Calendar) {
    this.repository = repository;
    this.asked = asked;
    this.request = request;
    this.calendar = calendar;
  }

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

/** One environment of a repository, ready to be asked. */
export function accessOf(repository: Repository, { environment }: AccessQuestion): Access {
  return indexPolicies(compile(repository, environment));
}
