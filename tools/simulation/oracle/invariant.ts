/** What was never to happen. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Fails unless it is so. */
export function invariant(so: unknown, otherwise: string): asserts so {
  if (!so) throw new Violation(otherwise);
}
