import type { Context, Option, OptionsOf, ExitStatus } from '../shared/command.ts';

/** The options of all actions together: the command line has one list for them. */
export const GITHUB_OPTIONS = [
  { flags: '--repository <owner/name>', description: 'the repository on GitHub' },
  { flags: '--execute', description: 'setup, record, planned: do it; without, it is only shown' },
  {
    flags: '--reviewers <team>',
    description: 'setup: who is asked before a plan',
    fallback: 'the owner of guardrails.yaml',
  },
  { flags: '--app <id>', description: 'setup: the app whose statuses count', fallback: 'GitHub Actions' },
  { flags: '--pull <number>', description: "fetch: a pull request; in a merge queue's job, its reference" },
  { flags: '--base <revision>', description: 'touched: the branch that it would be merged into' },
  { flags: '--head <revision>', description: 'place, touched: whose YAML' },
  { flags: '--milestone <name>', description: 'record: added or complete' },
  {
    flags: '--commit <revision>',
    description: 'record: which commit has come so far; fetch: the one to look at; planned: the one that was',
  },
  { flags: '--env <id>', description: 'planned: which environment' },
  { flags: '--outcome <text>', description: 'planned: what the plan came to; empty where it failed' },
  { flags: '--workflow <file>', description: 'running: which workflow' },
] as const satisfies readonly Option[];

/** One thing that is done with GitHub beside what a pull request or a merge is about. */
export type Action = (options: OptionsOf<typeof GITHUB_OPTIONS>, context: Context) => Promise<ExitStatus>;
