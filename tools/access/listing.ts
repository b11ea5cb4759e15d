import type { AccessChange } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { compile } from './compile.ts';
import { INTERVALS_SHOWN } from './difference.ts';
import { groupChanges, type ChangesToTell } from './group-changes.ts';
import { type Access, covers, indexPolicies } from './model.ts';
import {
  type BothSides,
  type BranchesChange,
  changesOfService,
  type ServiceChange,
  sidesOf,
} from './service-changes.ts';
import { AnswerCache } from './solver/branches.ts';
import { Calendar } from './solver/calendar.ts';
import { commonServices, type CommonService } from './solver/common-classes.ts';
import type { Instant } from './values/time-zone.ts';
import { Audiences } from './wording/audiences.ts';
import { causesOf } from './wording/causes.ts';
import { editsBetween } from './wording/edits.ts';

/** What of a listing is the same at every instant. */
interface Timeless {
  sides: BothSides;
  services: ReadonlyMap<string, CommonService>;
  audiences: Audiences;
  telling: ChangesToTell;
}

const timeless = new WeakMap<Repository, Map<string, Timeless>>();

/** The same repository without policies is what everybody gains over. Worked out once. */
function timelessOf(repository: Repository, environment: string): Timeless {
  const known = timeless.get(repository) ?? new Map<string, Timeless>();
  timeless.set(repository, known);
  let found = known.get(environment);
  if (!found) known.set(environment, (found = workedOut(repository, environment)));
  return found;
}

function workedOut(after: Repository, environment: string): Timeless {
  const before: Repository = { ...after, policies: new Map() };
  const sides = sidesOf(
    indexPolicies(compile(before, environment)),
    indexPolicies(compile(after, environment)),
  );
  return {
    sides,
    services: new Map(commonServices(sides.before, sides.after).map((one) => [one.id, one])),
    audiences: new Audiences(sides.classes, after, [before, after]),
    telling: {
      ...{ environment, together: true },
      causes: causesOf(before, after, editsBetween(before, after)),
    },
  };
}

/** Who reaches one service, as classes of `access`. */
export interface ClassesReach {
  classes: readonly number[];
  ports: ServiceChange['change']['ports'];
  /** Whether that is so at any time, place and device. */
  whenever: boolean;
}

/**
 * Who reaches what in one environment from an instant on, as `listing` has it, but worked out service by service as it
 * is asked for: of a large company nobody looks at all of it.
 */
export class EnvironmentListing {
  readonly access: Access;
  readonly #timeless: Timeless;
  readonly #memory: AnswerCache<BranchesChange>;
  readonly #changes = new Map<string, readonly ServiceChange[]>();

  /** @param at what is over by then is not access */
  constructor(repository: Repository, environment: string, at: Instant) {
    this.#timeless = timelessOf(repository, environment);
    this.access = this.#timeless.sides.after;
    this.#memory = new AnswerCache(new Calendar(at));
  }

  /** Everything that everybody reaches of some services; those of the environment where none are named. */
  of(services: Iterable<string> = this.#timeless.services.keys()): AccessChange[] {
    const { sides, audiences, telling } = this.#timeless;
    const found = [...services].flatMap((id) => this.#changesOf(id));
    return groupChanges(found, 'gains', sides, audiences, telling);
  }

  /** The services about which a policy allows a class something, sorted. */
  allowedTo(number: number): string[] {
    const services = this.access.services.filter(({ allows }) => allows.some((one) => covers(one, number)));
    return services.map(({ model }) => model.id);
  }

  /** Which classes reach a service, through which ports. */
  classesThatReach(service: string): ClassesReach[] {
    const { classes } = this.#timeless.sides;
    return this.#changesOf(service).map(({ classes: common, change: { ports, conditions } }) => ({
      classes: common.map((index) => classes[index]!.after),
      ports,
      whenever: conditions.some(({ text }) => text === ''),
    }));
  }

  #changesOf(id: string): readonly ServiceChange[] {
    let known = this.#changes.get(id);
    const service = this.#timeless.services.get(id);
    if (!known && service) {
      known = changesOfService(service, this.#timeless.sides, this.#memory, INTERVALS_SHOWN);
      this.#changes.set(id, known);
    }
    return known ?? [];
  }
}
