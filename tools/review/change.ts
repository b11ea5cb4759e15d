import { instantText, type Instant } from '../access/values/time-zone.ts';
import type { EnvironmentDifference } from '../contract/shapes.ts';
import type { Finding } from '../finding/finding.ts';
import type { RepositoryFile, Path, Repository } from '../load/repository.ts';
import type { FindingWords } from '../check/rule.ts';
import { WHY } from '../check/rules/overrides.ts';
import type { Rename } from './renames.ts';

/** A person who approves, with the owners whose team they are in. */
export interface Approval {
  /** GitHub login; compared in lower case. */
  login: string;
  teams: readonly string[];
}

/** Facts about a pull request, as data; owners are those of the base. */
export interface PullRequestUnderReview {
  /** GitHub login of its author; empty where there is no pull request yet. */
  author: string;
  /** Logins of everybody else who wrote a part of it. */
  coAuthors: readonly string[];
  /** Approvals of the very commit that would be merged. */
  approvals: readonly Approval[];
  /** The logins of each owner's team; absent where they could not be read. */
  teams?: ReadonlyMap<string, readonly string[]>;
}

/** What a pull request would make of a repository. */
export interface Change {
  /** The repository as it is, in the names that `head` has for what is renamed. */
  base: Repository;
  /** The repository as it would be. */
  head: Repository;
  renames: readonly Rename[];
  /** What changes between the two from now on. */
  difference: readonly EnvironmentDifference[];
  pull: PullRequestUnderReview;
  /** The present instant, in milliseconds. */
  at: Instant;
}

/** A guardrail's finding: it stops a merge until a person approves, or an override passes over it. */
export interface Objection extends Finding {
  /** What an override calls it. */
  subject: string;
  /** On which side of the change the place is. */
  side: 'before' | 'after';
  /** The owner whose approval settles it; absent where only an override does. */
  needs?: string;
  /** Who has approved it: then it stops nothing. */
  approvedBy?: string[];
  /** What to do where it is not meant. */
  instead?: string;
  /** What it is about, to be said together with others that say the same of other things. */
  gist?: Gist;
}

/** A sentence about one of several things: `ann@example.com would gain` `service` `wiki` ` in live`. */
export interface Gist {
  begin: string;
  /** What kind of thing it is. */
  kind: string;
  thing: string;
  /** The environment that it is about, where it is about one. */
  where?: string;
  /** The rest, with the space or comma before it. */
  end: string;
}

/** One guardrail: what no change may do without saying so. */
export interface Guardrail {
  id: string;
  /** `Ensure ...` in one sentence. */
  says: string;
  /** What goes wrong without it. */
  why: string;
  check(change: Change): Iterable<Objection>;
}

/** Where an objection is. */
export interface Spot {
  file: RepositoryFile<unknown>;
  path: Path;
  side: 'before' | 'after';
}

/** An objection that only an override settles; the remedy spells its line. */
export function objection(
  guardrail: string,
  subject: string,
  { file, path, side }: Spot,
  words: FindingWords & { gist?: Gist },
  { at }: Pick<Change, 'at'>,
): Objection {
  const line = overrideLine(guardrail, subject, at);
  const remedy = [
    words.remedy,
    `if it is meant, say so in policies/guardrails.yaml under \`overrides\`: ${line}`,
  ];
  return {
    rule: guardrail,
    severity: 'error',
    ...file.place(path),
    ...words,
    remedy: remedy.filter(Boolean).join('; '),
    subject,
    side,
    ...(words.remedy !== undefined && { instead: words.remedy }),
  };
}

/** How long an override that is proposed lasts: a week, in milliseconds. */
const OVERRIDE_MS = 7 * 86_400_000;

/** The line of guardrails.yaml that passes over an objection, as it can be copied; the reason is to be said. */
export function overrideLine(guardrail: string, subject: string, at: Instant): string {
  const until = instantText(Math.ceil((at + OVERRIDE_MS) / 86_400_000) * 86_400_000);
  const named = /^[a-z][a-z0-9/ -]*$/.test(subject) ? subject : JSON.stringify(subject);
  return `- { guardrail: ${guardrail}, subject: ${named}, reason: "${WHY}", until: ${until} }`;
}
