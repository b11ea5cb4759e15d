import type { ExampleRepository } from './base.ts';

/** What a failing example must give: one finding each, in order of place. */
export interface ExpectedFinding {
  file: string;
  /** How the line that it points at begins, after its indentation. */
  line: string;
  /** The whole sentence. */
  says: string;
}

/** Two miniature repositories that differ in as little as can be: a rule finds fault with one and not with the other. */
export interface RuleExample {
  rule: string;
  /** What is wrong with the failing one. */
  name: string;
  fails(world: ExampleRepository): void;
  passes(world: ExampleRepository): void;
  finds: readonly ExpectedFinding[];
}

/** Examples of one rule. */
export function examples(rule: string, list: readonly Omit<RuleExample, 'rule'>[]): RuleExample[] {
  return list.map((one) => ({ rule, ...one }));
}

/** A finding that an example must give. */
export function at(file: string, line: string, says: string): ExpectedFinding {
  return { file, line, says };
}
