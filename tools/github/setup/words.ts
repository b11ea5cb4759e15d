import type { GithubSettings } from './settings.ts';

/** What setting GitHub up comes to, in sentences. */
export function setupText({ actions, branch, checks, environments }: GithubSettings): string {
  const lines = [
    'Actions',
    `  may be used only at a commit, and only: ${actions.join(', ')}`,
    "  a job's token reads by default, and approves no pull request",
    `Branch ${branch}, nobody excepted`,
    '  is changed by a pull request only, squashed, through the merge queue; never forced, never deleted',
    '  needs an approval by an owner of what is changed (CODEOWNERS), of the last push, by another person',
    '  needs these statuses, from the app named:',
    ...checks.map(({ context, app }) => `    ${context.padEnd(18)} app ${app}`),
    'Merge queue',
    '  one pull request after the other, each with all before it; the statuses above for each',
    `Environments, for jobs of ${branch} only where nothing else is said`,
    ...environments.flatMap(({ name, branches, reviewers, variables }) => [
      `  ${name}${branches.length > 1 ? `: for ${branches.join(' and ')}` : ''}${reviewers === undefined ? '' : `: asks ${reviewers} first`}`,
      ...Object.entries(variables).map(([key, value]) => `    ${key}=${value}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
