import { stringify } from 'yaml';
import { Fault } from '../contract/fault.ts';
import type { ProposedChange } from '../contract/shapes.ts';
import { codeownersText } from '../check/codeowners.ts';
import { loadSources, type LoadResult } from '../load/load.ts';
import type { Repository } from '../load/repository.ts';
import type { Source } from '../load/sources.ts';
import { principalKey } from '../access/values/membership.ts';
import { planGrant } from './grant.ts';
import type { ProposedFile } from './proposal.ts';
import { withItem, withoutItems } from './yaml-list.ts';

/** A change of files that a person asks for, as it is planned: nothing is written. */
export interface ChangePlan {
  title: string;
  /** Why, where a reason was given. */
  reason: string | undefined;
  /** A few words for the branch. */
  slug: string;
  /** Path to its new text, or null for one that is to go. */
  files: ReadonlyMap<string, { text: string } | null>;
}

/** The files that a change is planned on. */
export interface ChangeBase {
  repository: Repository;
  sources: readonly Source[];
  /** The text of CODEOWNERS, where there is one. */
  codeowners: string | undefined;
}

/** What is planned by `planRevert`, as it needs the history of a log. */
export type FileChange = Exclude<ProposedChange, { kind: 'revert' }>;

/**
 * Plans a change of files. Lines that it does not concern stay as they are, with their comments.
 * @param at the present, in milliseconds
 * @throws Fault where what it names is not there, or is there already
 */
export function planChange(base: ChangeBase, change: FileChange, at: number): ChangePlan {
  const plan = planned(base, change, at);
  for (const [path, wanted] of plan.files)
    if (wanted && textAt(base, path) === wanted.text)
      throw new Fault(`${path} says so already`, 'nothing is to be done');
  return { ...plan, reason: change.reason, files: withCodeowners(base, plan.files) };
}

type Plan = Omit<ChangePlan, 'reason'>;

function planned(base: ChangeBase, change: FileChange, at: number): Plan {
  switch (change.kind) {
    case 'file':
      return filePlan(base, change.path, change.text);
    case 'service':
      return servicePlan(base, change);
    case 'policy':
      return newFile(base, 'policy', 'access', change.policy);
    case 'join':
    case 'leave':
      return membershipPlan(base, change);
    case 'grant':
      return grantPlan(base, change, at);
    case 'remove':
      return removalPlan(base, change);
  }
}

/** Folders whose files a person may propose as text. */
const EDITABLE = /^(policies|environments)\/[a-z0-9/-]+\.yaml$/;

function filePlan(base: ChangeBase, path: string, text: string): Plan {
  if (!EDITABLE.test(path))
    throw new Fault(
      `${path} is no file of policies/ or environments/`,
      'name one such as policies/access/x.yaml',
    );
  const verb = textAt(base, path) === undefined ? 'Add' : 'Change';
  return { title: `${verb} ${path}`, slug: slugOf(path), files: new Map([[path, { text: whole(text) }]]) };
}

const whole = (text: string): string => `${text.replace(/\r\n/g, '\n').replace(/\n*$/, '')}\n`;

const FOLDERS = { policy: 'access', service: 'services', group: 'groups' } as const;

function newFile(
  base: ChangeBase,
  kind: 'policy' | 'service',
  folder: string,
  value: { id: string; description: string },
): Plan {
  const path = `policies/${folder}/${value.id}.yaml`;
  if (textAt(base, path) !== undefined) throw new Fault(`${path} exists`, 'choose another id, or edit it');
  const schema = `# yaml-language-server: $schema=../../schemas/${kind}.schema.json`;
  return {
    title: `Add the ${kind} ${value.id}: ${value.description}`,
    slug: value.id,
    files: new Map([[path, { text: `${schema}\n${stringify(value, { lineWidth: 0 })}` }]]),
  };
}

function servicePlan(base: ChangeBase, change: Extract<FileChange, { kind: 'service' }>): Plan {
  const plan = newFile(base, 'service', 'services', change.service);
  const files = new Map(plan.files);
  for (const { environment, connector, backend } of change.registrations) {
    const path = `environments/${environment}/connectors/${connector}.yaml`;
    const text = (files.get(path) as { text: string } | undefined)?.text ?? textAt(base, path);
    if (text === undefined)
      throw new Fault(
        `there is no connector ${connector} in ${environment}`,
        'choose one of the environment',
      );
    files.set(path, { text: withItem(text, 'services', { service: change.service.id, backend }) });
  }
  return { ...plan, files };
}

function membershipPlan(base: ChangeBase, change: Extract<FileChange, { kind: 'join' | 'leave' }>): Plan {
  const { kind, group, principal } = change;
  const file = base.repository.groups.get(group);
  if (!file) throw new Fault(`there is no group ${group}`, 'choose one that there is');
  const text = textAt(base, file.file)!;
  const isIt = (one: unknown): boolean =>
    typeof one === 'string' && principalKey(one) === principalKey(principal);
  const inIt = (file.value.members ?? []).some(isIt);
  if (kind === 'join' && inIt)
    throw new Fault(`${principal} is in ${group} already`, 'nothing is to be done');
  if (kind === 'leave' && !inIt)
    throw new Fault(
      `${principal} is not named in ${file.file}`,
      'it may be in a group nested in it: leave that one',
    );
  const edited = kind === 'join' ? withItem(text, 'members', principal) : withoutItems(text, 'members', isIt);
  return {
    title: kind === 'join' ? `${principal} joins ${group}` : `${principal} leaves ${group}`,
    slug: `${kind}-${group}`,
    files: new Map([[file.file, { text: edited }]]),
  };
}

function grantPlan(base: ChangeBase, change: Extract<FileChange, { kind: 'grant' }>, at: number): Plan {
  const { principal, service, environments, time, ticket, from = [], device = {} } = change;
  const facts = Object.entries(device).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${name}=${String(one)}`),
  );
  const request = { principal, service, environments, time, ticket, from, device: facts };
  const { policy, path, text } = planGrant(base.repository, base.sources, request, at);
  const titled = ticket === undefined ? policy.description : `${policy.description} (${ticket})`;
  return { title: titled, slug: policy.id, files: new Map([[path, { text }]]) };
}

function removalPlan(base: ChangeBase, { what, id }: Extract<FileChange, { kind: 'remove' }>): Plan {
  const path = `policies/${FOLDERS[what]}/${id}.yaml`;
  if (textAt(base, path) === undefined)
    throw new Fault(`there is no ${what} ${id}`, 'choose one that there is');
  const files = new Map<string, { text: string } | null>([[path, null]]);
  if (what === 'service') for (const one of withoutRegistrations(base, id)) files.set(...one);
  return { title: `Remove the ${what} ${id}`, slug: `remove-${id}`, files };
}

/** The connectors that serve a service, as they are without it. */
function withoutRegistrations(base: ChangeBase, id: string): [string, { text: string }][] {
  const connectors = [...base.repository.environments.values()].flatMap((one) => [
    ...one.connectors.values(),
  ]);
  return connectors
    .filter(({ value }) => value.services.some(({ service }) => service === id))
    .map(({ file }) => {
      const text = textAt(base, file)!;
      const gone = (item: unknown): boolean => (item as { service?: unknown }).service === id;
      return [file, { text: withoutItems(text, 'services', gone) }];
    });
}

/** CODEOWNERS follows the data: where there is one, a change that makes it out of date brings it along. */
function withCodeowners(base: ChangeBase, files: ChangePlan['files']): ChangePlan['files'] {
  if (base.codeowners === undefined) return files;
  const wanted = codeownersText(changed(base.sources, files).repository);
  if (wanted === undefined || wanted === base.codeowners) return files;
  return new Map([...files, ['CODEOWNERS', { text: wanted }]]);
}

/** What the files are once a change is made. */
export function changed(
  sources: readonly Source[],
  files: ReadonlyMap<string, ProposedFile>,
  texts: (file: ProposedFile) => string | undefined = (file) =>
    file && 'text' in file ? file.text : undefined,
): LoadResult {
  const rest = sources.filter(({ path }) => !files.has(path));
  const added = [...files].flatMap(([path, file]): Source[] => {
    const text = texts(file);
    // CODEOWNERS is beside the repository.
    return text === undefined || !path.includes('/') ? [] : [{ path, bytes: Buffer.from(text) }];
  });
  return loadSources([...rest, ...added].sort((a, b) => (a.path < b.path ? -1 : 1)));
}

function textAt({ sources }: Pick<ChangeBase, 'sources'>, path: string): string | undefined {
  return sources.find((one) => one.path === path)?.bytes?.toString('utf8');
}

/** The part of a path or an id that a branch has room for. */
function slugOf(path: string): string {
  return path
    .replace(/\.yaml$/, '')
    .split('/')
    .at(-1)!
    .slice(0, 40);
}
