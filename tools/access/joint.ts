import { covers, type Access, type OpenPolicy } from './model.ts';

/** Principals whom neither side of a difference tells apart. */
export interface JointClass {
  /** Sorted; empty for anyone else. */
  principals: string[];
  anyoneElse: boolean;
  /** The class on each side. */
  before: number;
  after: number;
}

/** The coarsest classes of principals that are classes on both sides; the first is anyone else. */
export function jointClasses(before: Access, after: Access): JointClass[] {
  const classes = new Map<string, JointClass>([
    ['0,0', { principals: [], anyoneElse: true, before: 0, after: 0 }],
  ]);
  const everybody = new Set([...before.classIndex.keys(), ...after.classIndex.keys()]);
  for (const principal of [...everybody].sort()) {
    const pair = {
      before: before.classIndex.get(principal) ?? 0,
      after: after.classIndex.get(principal) ?? 0,
    };
    const key = `${pair.before},${pair.after}`;
    if (!classes.has(key)) classes.set(key, { principals: [], anyoneElse: false, ...pair });
    classes.get(key)!.principals.push(principal);
  }
  return [...classes.values()];
}

/** A service on each side, where it exists. */
export interface JointService {
  id: string;
  before: number | undefined;
  after: number | undefined;
}

/** Every service of either side, sorted by id. */
export function jointServices(before: Access, after: Access): JointService[] {
  const ids = new Set([...before.serviceIndex.keys(), ...after.serviceIndex.keys()]);
  return [...ids]
    .sort()
    .map((id) => ({ id, before: before.serviceIndex.get(id), after: after.serviceIndex.get(id) }));
}

/** Whom each policy of one side is about, as joint classes, worked out once each. */
export class Coverage {
  readonly #known = new Map<OpenPolicy, Uint8Array>();

  constructor(
    readonly classes: readonly JointClass[],
    readonly side: 'before' | 'after',
  ) {}

  /** One byte per joint class: 1 where the policy is about it. */
  of(policy: OpenPolicy): Uint8Array {
    let known = this.#known.get(policy);
    if (!known) {
      known = Uint8Array.from(this.classes, (joint) => Number(covers(policy, joint[this.side])));
      this.#known.set(policy, known);
    }
    return known;
  }
}
