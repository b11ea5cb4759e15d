import { sentence } from '../../finding/finding.ts';
import { base, NOW, type ExampleRepository } from '../../check/testing/base.ts';
import { loadWorld } from '../../check/testing/run.ts';
import type { Change, Guardrail, Objection, PullRequestUnderReview } from '../change.ts';
import { changeOf, guard } from '../guard.ts';

/** The facts of a pull request that an example may change. */
export interface ExampleFacts extends PullRequestUnderReview {
  coAuthors: string[];
  approvals: { login: string; teams: string[] }[];
  teams: Map<string, string[]>;
}

/** Two changes that differ in as little as can be: a guardrail objects to one and not to the other. */
export interface GuardExample {
  guardrail: string;
  /** What is wrong with the failing one. */
  name: string;
  /** What the repository is like before the change, and stays. */
  before?(world: ExampleRepository): void;
  fails(world: ExampleRepository, pull: ExampleFacts): void;
  passes(world: ExampleRepository, pull: ExampleFacts): void;
  finds: readonly ExpectedObjection[];
}

/** What an objection is to be: where it is, what an override calls it, and the whole sentence. */
export interface ExpectedObjection {
  file: string;
  subject: string;
  says: string;
}

/** Examples of one guardrail. */
export function examples(
  guardrail: string,
  list: readonly Omit<GuardExample, 'guardrail'>[],
): GuardExample[] {
  return list.map((one) => ({ guardrail, ...one }));
}

/** An objection that an example must give. */
export function at(file: string, subject: string, says: string): ExpectedObjection {
  return { file, subject, says };
}

/** An approval by a member of some owners' teams. */
export function by(login: string, ...teams: string[]): ExampleFacts['approvals'][number] {
  return { login, teams };
}

const facts = (): ExampleFacts => ({
  author: 'mallory',
  coAuthors: [],
  approvals: [],
  teams: new Map([
    ['platform', ['pat', 'paula']],
    ['security', ['sam']],
  ]),
});

/** What an example's failing or passing side comes to. */
export function changeIn(example: GuardExample, side: 'fails' | 'passes'): Change {
  const before = base();
  before.guardrails.owners.push({ id: 'security', description: 'Looks on' });
  example.before?.(before);
  const head = structuredClone(before);
  const pull = facts();
  example[side](head, pull);
  const [was, is] = [before, head].map((world) => {
    const { repository, findings } = loadWorld(world);
    if (findings.length > 0) throw new Error(`${example.name}: ${sentence(findings[0]!)}`);
    return repository;
  });
  return changeOf(was!, is!, pull, NOW);
}

/** What guardrails object to in a change, as examples state it. */
export function found(change: Change, guardrails?: readonly Guardrail[]): ExpectedObjection[] {
  return guard(change, guardrails).objections.map(asExpected);
}

function asExpected(objection: Objection): ExpectedObjection {
  return {
    file: `${objection.file}:${objection.line}`,
    subject: objection.subject,
    says: sentence(objection),
  };
}
