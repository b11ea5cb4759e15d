import type { Finding } from '../finding/finding.ts';
import type { RepositoryFile, Repository } from '../load/repository.ts';

/** Where GitHub looks for who must approve what; also how rules call it. */
export const CODEOWNERS = 'CODEOWNERS';

/** What writes it. */
const WRITE = 'npx ztna codeowners';

/** What checks a change, and so must not be changed by the one who is checked. */
const PROGRAMS = ['/.ci/', '/.github/', '/bin/', '/images/', '/package.json', '/package-lock.json'].concat([
  '/schemas/',
  '/terraform/',
  '/tools/',
]);

/**
 * The text of CODEOWNERS as the data has it: what checks changes belongs to the maintainers, a service or a group
 * to its owner, all other data to any known owner, as guardrails ask those whom a change concerns. The file itself
 * belongs to nobody: each of its lines is compared with the data. A policy has no line, so that granting access
 * and letting it expire touches one file.
 * @returns undefined where there is no guardrails.yaml, which names the organization
 */
export function codeownersText({ guardrails, services, groups }: Repository): string | undefined {
  if (!guardrails) return undefined;
  const { organization, owners, owner = owners[0]!.id, maintainers = [owner] } = guardrails.value;
  const line = (path: string, teams: readonly string[]): string =>
    [path, ...teams.map((team) => `@${organization}/${team}`)].join(' ');
  const known = owners.map(({ id }) => id);
  const each = (files: ReadonlyMap<string, RepositoryFile<{ owner: string }>>): string[] =>
    [...files.values()].map(({ file, value }) => line(`/${file}`, [value.owner]));
  return [
    `# Made of policies/ by \`${WRITE}\`, and compared by \`npx ztna validate\`. Of the lines that fit a path, the last`,
    '# counts. Who must approve a gain of access is decided by the `owner` of each service, not by who owns the file.',
    line('*', maintainers),
    ...PROGRAMS.map((path) => line(path, maintainers)),
    '',
    ...['/policies/', '/environments/*/connectors/'].map((path) => line(path, known)),
    ...['/policies/guardrails.yaml', '/policies/revoked.yaml'].map((path) => line(path, [owner])),
    ...each(services),
    ...each(groups),
    '',
    '# Nobody has to approve what the data decides.',
    `/${CODEOWNERS}`,
    '',
  ].join('\n');
}

/**
 * What is wrong with CODEOWNERS: at most one finding, at the first line that is not what the data makes of it.
 * @param text the file, undefined where there is none
 * @param needed whether there must be one: without it, nobody's approval is needed on GitHub
 */
export function codeownersFindings(
  repository: Repository,
  text: string | undefined,
  needed: boolean,
): Finding[] {
  const wanted = codeownersText(repository);
  if (wanted === undefined || wanted === text || (text === undefined && !needed)) return [];
  const place = { file: CODEOWNERS, column: 1, rule: 'codeowners', severity: 'error' as const };
  const remedy = `write it anew: ${WRITE}`;
  if (text === undefined) return [{ ...place, line: 1, message: 'there is no CODEOWNERS', remedy }];
  const [lines, should] = [text.split('\n'), wanted.split('\n')];
  const at = should.findIndex((one, index) => one !== lines[index]);
  const index = at < 0 ? should.length : at;
  return [
    {
      ...place,
      line: Math.min(index + 1, lines.length),
      message: 'CODEOWNERS is not what services, groups and guardrails.yaml say',
      expected: quoted(should[index]),
      found: quoted(lines[index]),
      remedy,
    },
  ];
}

function quoted(line: string | undefined): string {
  return line === undefined
    ? 'the end of the file'
    : line === ''
      ? 'an empty line'
      : `\`${line.slice(0, 100)}\``;
}
