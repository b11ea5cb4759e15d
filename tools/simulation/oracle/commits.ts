import { VARIANTS, type Variant } from '../cluster/company.ts';

/** The history of the main branch: each commit has the state of its policies, and contains all before it. */
export class Commits {
  readonly #states: Variant[] = [VARIANTS[0]!];

  /** How many there are; the newest one's number is one less. */
  get count(): number {
    return this.#states.length;
  }

  add(state: Variant): void {
    this.#states.push(state);
  }

  stateOf(number: number): Variant {
    return this.#states[number]!;
  }

  /** What git calls it. */
  static idOf(number: number): string {
    return String(number).padStart(40, '0');
  }

  static numberOf(id: string): number {
    return Number(id);
  }

  /** Whether a commit contains another; undefined where the other came later, and is not in its clone. */
  static contains(number: number, id: string): true | undefined {
    return Commits.numberOf(id) <= number ? true : undefined;
  }

  /** Whether some commit after one and up to another has a state that matches. */
  someBetween(after: number, upTo: number, matches: (state: Variant) => boolean): boolean {
    return this.#states.slice(after + 1, upTo + 1).some(matches);
  }
}
