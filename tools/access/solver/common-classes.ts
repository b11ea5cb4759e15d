import type { Access, OpenPolicy } from '../model.ts';

/** Principals whom neither side of a difference tells apart. */
export interface JointClass {
  /** Empty for anyone else. */
  principals: string[];
  anyoneElse: boolean;
  /** The class on each side. */
  before: number;
  after: number;
}

/** The coarsest classes of principals that are classes on both sides; the first is anyone else. */
export function jointClasses(before: Access, after: Access): JointClass[] {
  const classes = new Map<number, JointClass>([
    [0, { principals: [], anyoneElse: true, before: 0, after: 0 }],
  ]);
  const add = (principal: string, was: number, is: number): void => {
    const key = was * after.model.classes.length + is;
    const known = classes.get(key);
    if (known) known.principals.push(principal);
    else classes.set(key, { principals: [principal], anyoneElse: false, before: was, after: is });
  };
  for (const [principal, was] of before.classIndex) add(principal, was, after.classIndex.get(principal) ?? 0);
  for (const [principal, is] of after.classIndex)
    if (!before.classIndex.has(principal)) add(principal, 0, is);
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

/** Whom the policies of one side are about, as joint classes. */
export class Coverage {
  readonly #joint: number[][] = [];
  readonly #known = new Map<OpenPolicy, readonly number[]>();

  constructor(classes: readonly JointClass[], side: 'before' | 'after') {
    classes.forEach((joint, index) => (this.#joint[joint[side]] ??= []).push(index));
  }

  /** Indexes of the joint classes that a policy is about, ascending; worked out once. */
  of(policy: OpenPolicy): readonly number[] {
    let known = this.#known.get(policy);
    if (!known) {
      known = policy.model.classes.flatMap((index) => this.#joint[index] ?? []).sort((a, b) => a - b);
      this.#known.set(policy, known);
    }
    return known;
  }
}
