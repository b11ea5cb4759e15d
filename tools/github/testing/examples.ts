/** Pull requests of the miniature company, for the golden comments: each as what is edited and who says what. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSources, type LoadResult } from '../../load/load.ts';
import { FOLDERS, type Source } from '../../load/sources.ts';
import type { Links, PullRequestOutcome } from '../../review/outcome.ts';
import { verdictOf } from '../../review/verdict.ts';
import { MINIATURE } from '../../testing/miniature.ts';

/** The texts of files by path. */
type Texts = Map<string, string>;

/** A pull request: what it edits, who approves it, and what a reviewer is to see of it at a glance. */
export interface ExamplePull {
  id: string;
  /** What it is, for a reader of the docs. */
  about: string;
  edit(texts: Texts): void;
  approvals?: { login: string; teams: string[] }[];
}

const LINKS: Links = {
  repository: 'https://github.com/example/access',
  whole: 'https://github.com/example/access/actions/runs/4711',
};

/** The present of the examples. */
const NOW = Date.parse('2026-10-05T12:00:00Z');

/** What is said of an example, and where it leads. */
export function exampleOutcome({ edit, approvals = [] }: ExamplePull): {
  outcome: PullRequestOutcome;
  links: Links;
} {
  const before = miniature();
  const after = new Map(before);
  edit(after);
  const sides = {
    base: { commit: 'b1'.repeat(20), loaded: loaded(before) },
    head: { commit: 'a1'.repeat(20), loaded: loaded(after) },
  };
  return { outcome: verdictOf(sides, { author: 'mia', coAuthors: [], approvals }, [], NOW), links: LINKS };
}

function loaded(texts: Texts): LoadResult {
  const sources = [...texts].map(([path, text]): Source => ({ path, bytes: Buffer.from(text) }));
  return loadSources(sources.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

function miniature(): Texts {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(MINIATURE, folder), { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name).slice(MINIATURE.length)),
  );
  return new Map(files.map((path) => [path, readFileSync(join(MINIATURE, path), 'utf8')]));
}

/** Replaces a text of a file. @throws Error where the file does not have it */
function replace(texts: Texts, path: string, was: string, is: string): void {
  const text = texts.get(path);
  if (!text?.includes(was)) throw new Error(`${path} has no ${was}`);
  texts.set(path, text.replace(was, is));
}

const schema = (kind: string): string =>
  `# yaml-language-server: $schema=../../../../../schemas/${kind}.schema.json\n`;

const TEAMS = [
  ...[
    'backend',
    'frontend',
    'data',
    'sre',
    'sales',
    'finance',
    'support',
    'people-ops',
    'interns',
    'security',
  ],
  ...['platform-team', 'payments-team'],
];
const SERVICES = ['wiki', 'web-app', 'voice', 'syslog', 'echo'];

/** Sixty policies: each gives one team one service in hours of its own, and takes it from interns in theirs. */
function sixty(texts: Texts): void {
  SERVICES.flatMap((service) => TEAMS.map((team) => ({ service, team }))).forEach(
    ({ service, team }, index) => {
      const id = `shift-${team}-${service}`;
      const from = `${String(6 + (index % 4)).padStart(2, '0')}:00`;
      const text = `id: ${id}
description: When ${team} works with ${service}
owner: platform
effect: ${team === 'interns' ? 'deny' : 'allow'}
who: { groups: [${team}] }
what: { services: [${service}]${service === 'web-app' ? ', ports: [8080]' : ''} }
when:
  hours: { timezone: Europe/Berlin, from: "${from}", to: "22:00" }
  device: { managed: true }
`;
      texts.set(`policies/access/${id}.yaml`, `${schema('policy')}${text}`);
    },
  );
}

export const EXAMPLE_PULLS: readonly ExamplePull[] = [
  {
    id: 'one-gain',
    about: 'One person gains one protected service. Nobody has approved it yet.',
    edit: (texts) =>
      replace(
        texts,
        'policies/groups/payments-admins.yaml',
        'members:\n',
        'members:\n  - sven@example.com\n',
      ),
  },
  {
    id: 'mixed',
    about:
      'Hours begin earlier, a person changes teams and a service moves. One of three owners has approved.',
    edit(texts) {
      const web = 'policies/access/engineers-web.yaml';
      replace(texts, web, 'from: "08:00"', 'from: "07:00"');
      replace(texts, 'policies/groups/payments-team.yaml', '  - wout@example.com\n', '');
      replace(texts, 'policies/groups/sre.yaml', 'members:\n', 'members:\n  - wout@example.com\n');
      replace(texts, 'environments/live/connectors/tools.yaml', 'wiki.', 'wiki-2.');
    },
    approvals: [{ login: 'pat', teams: ['platform'] }],
  },
  {
    id: 'mass-loss',
    about: 'A slip empties a group that most of the company is in.',
    edit: (texts) =>
      replace(
        texts,
        'policies/groups/everyone.yaml',
        'groups: [engineering, business, security, contractors]',
        'groups: [security]',
      ),
  },
  {
    id: 'broken-yaml',
    about: 'A quotation mark is missing.',
    edit: (texts) => replace(texts, 'policies/access/engineers-web.yaml', 'to: "19:00" }', 'to: "20:00 }'),
  },
  {
    id: 'sixty-policies',
    about: 'A script writes sixty policies at once.',
    edit: sixty,
  },
];
