import type { Ring } from '../contract/shapes.ts';

/** One step of a delivery: who has got it by then, and how long they must bear it before the next step. */
export interface Stage {
  /** The ring's id; `rest` for those in no ring. */
  ring: string;
  /** All components that have it at this stage, those of earlier stages among them; sorted. */
  components: string[];
  bakeSeconds: number;
}

/**
 * The steps in which an environment's components get something new, the last of which is all of them. A share is
 * of the components that no earlier ring has, rounded up, in order of name, so that it is always the same ones.
 */
export function stagesOf(rings: readonly Ring[], components: readonly string[]): Stage[] {
  const left = new Set([...components].sort());
  const reached: string[] = [];
  const stages = rings.map(({ id, components: named, share = 0, bakeSeconds }): Stage => {
    const next = named
      ? named.filter((one) => left.has(one))
      : [...left].slice(0, Math.ceil(left.size * share));
    next.forEach((one) => left.delete(one));
    reached.push(...next);
    return { ring: id, components: [...reached].sort(), bakeSeconds };
  });
  const rest: Stage = { ring: 'rest', components: [...components].sort(), bakeSeconds: 0 };
  const growing = stages.filter(
    ({ components: now }, index) => now.length > (stages[index - 1]?.components.length ?? 0),
  );
  return [...growing.filter(({ components: now }) => now.length < components.length), rest];
}
