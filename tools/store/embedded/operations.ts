import { LIMITS, type Budget } from '../../contract/limits.ts';
import {
  ARN,
  count,
  flag,
  type RequestMembers,
  names,
  only,
  pathOf,
  text,
  verifyName,
  verifyValue,
} from './validation.ts';
import type { ParameterChange, Parameters, ParameterType, Version } from './parameters.ts';
import { invalid, AwsError } from './aws-error.ts';

/** What an operation works on. */
export interface OperationContext {
  parameters: Parameters;
  /** Changes the parameters, and takes the change into the journal. */
  change(change: ParameterChange): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** One call of the API: which budget it counts against, and what it answers or throws as an AwsError. */
export interface Operation {
  budget: Budget;
  run(input: RequestMembers, context: OperationContext): object;
}

/** The calls this store knows, as AWS names them. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  PutParameter: { budget: 'writes', run: putParameter },
  GetParameter: { budget: 'reads', run: getParameter },
  GetParameters: { budget: 'reads', run: getParameters },
  GetParametersByPath: { budget: 'reads', run: getParametersByPath },
  GetParameterHistory: { budget: 'writes', run: getParameterHistory },
  DeleteParameter: { budget: 'deletes', run: deleteParameter },
  DeleteParameters: { budget: 'deletes', run: deleteParameters },
};

function putParameter(input: RequestMembers, { parameters, change, now }: OperationContext): object {
  only(input, ['Name', 'Value', 'Type', 'Overwrite', 'Tier', 'DataType']);
  const name = text(input, 'Name');
  const value = text(input, 'Value');
  verifyName(name);
  const old = parameters.get(name);
  const type = typeOf(input, old);
  if (!['Standard', 'Intelligent-Tiering', undefined].includes(input.Tier as string))
    throw invalid('The embedded store has the standard tier only.');
  if (!['text', undefined].includes(input.DataType as string))
    throw invalid(`The following data type is not supported: ${String(input.DataType)}`);
  verifyValue(value);
  if (old && !flag(input, 'Overwrite'))
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  if (!old) verifyRoom(name, parameters, now());
  const version = (old?.version ?? 0) + 1;
  change({ put: { name, type, value, version, at: now() } });
  return { Version: version, Tier: 'Standard' };
}

function typeOf(input: RequestMembers, old: Version | undefined): ParameterType {
  const type = input.Type ?? old?.type;
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  if (type !== 'String' && type !== 'StringList')
    throw new AwsError(
      'UnsupportedParameterType',
      'The embedded store has parameters of type String and StringList.',
    );
  if (old && old.type !== type)
    throw new AwsError('HierarchyTypeMismatchException', "The type of a parameter can't be changed.");
  return type;
}

/** Whether one more name may be created. */
function verifyRoom(name: string, parameters: Parameters, now: number): void {
  if (parameters.size >= LIMITS.parametersPerAccount)
    throw new AwsError(
      'ParameterLimitExceeded',
      `You have reached the maximum number of standard parameters for this AWS account and Region (${LIMITS.parametersPerAccount}).`,
    );
  // AWS asks for the wait and does not say what happens otherwise; here it is an error that clients repeat.
  if (parameters.barred(name, now))
    throw new AwsError('TooManyUpdates', `${name} was removed less than 30 seconds ago.`);
}

function getParameter(input: RequestMembers, { parameters }: OperationContext): object {
  only(input, ['Name', 'WithDecryption']);
  const name = text(input, 'Name');
  verifyName(name);
  const version = parameters.get(name);
  if (!version) throw notFound(name);
  return { Parameter: shown(version) };
}

function getParameters(input: RequestMembers, { parameters }: OperationContext): object {
  only(input, ['Names', 'WithDecryption']);
  const asked = names(input, 'Names', LIMITS.namesPerGet);
  asked.forEach(verifyName);
  const found = asked.map((name) => parameters.get(name)).filter((version) => version !== undefined);
  return {
    Parameters: found.map(shown),
    InvalidParameters: asked.filter((name) => !parameters.get(name)),
  };
}

/** A page looks at a bounded number of names, so it may be empty and still not be the last; AWS reserves the same. */
const NAMES_PER_PAGE = 1000;

function getParametersByPath(input: RequestMembers, { parameters }: OperationContext): object {
  only(input, ['Path', 'Recursive', 'WithDecryption', 'MaxResults', 'NextToken']);
  const path = pathOf(input);
  const most = count(input, 'MaxResults', LIMITS.parametersPerPage);
  const recursive = flag(input, 'Recursive');
  const page: Version[] = [];
  let looked = 0;
  for (const name of parameters.under(path, after(input, path))) {
    const version = parameters.get(name);
    if (version && (recursive || !name.includes('/', path.length))) page.push(version);
    looked += 1;
    if (page.length === most || looked === NAMES_PER_PAGE)
      return { Parameters: page.map(shown), NextToken: token(path, name) };
  }
  return { Parameters: page.map(shown) };
}

/** Where the next page of a listing begins; it holds for its own path only. */
function token(path: string, name: string): string {
  return Buffer.from(JSON.stringify([path, name])).toString('base64url');
}

function after(input: RequestMembers, path: string): string | undefined {
  if (input.NextToken === undefined) return undefined;
  try {
    const [of, name] = JSON.parse(Buffer.from(text(input, 'NextToken'), 'base64url').toString()) as unknown[];
    if (of === path && typeof name === 'string') return name;
  } catch {
    // Answered below.
  }
  throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
}

/** Versions in one page of a history (AWS's API reference). */
const HISTORY_PAGE = 50;

function getParameterHistory(input: RequestMembers, { parameters }: OperationContext): object {
  only(input, ['Name', 'WithDecryption', 'MaxResults', 'NextToken']);
  const name = text(input, 'Name');
  verifyName(name);
  const most = count(input, 'MaxResults', HISTORY_PAGE);
  const newest = parameters.get(name);
  if (!newest) throw notFound(name);
  const from = Number(after(input, name) ?? 0);
  const rest = parameters.history(name).filter(({ version }) => version > from);
  const page = rest.slice(0, most);
  const more = rest.length > page.length && { NextToken: token(name, String(page.at(-1)?.version)) };
  return { Parameters: page.map(past), ...more };
}

function deleteParameter(input: RequestMembers, context: OperationContext): object {
  only(input, ['Name']);
  const name = text(input, 'Name');
  verifyName(name);
  if (!context.parameters.get(name)) throw notFound(name);
  context.change({ remove: name, at: context.now() });
  return {};
}

function deleteParameters(input: RequestMembers, { parameters, change, now }: OperationContext): object {
  only(input, ['Names']);
  const asked = names(input, 'Names', LIMITS.namesPerDelete);
  asked.forEach(verifyName);
  const there = asked.filter((name) => parameters.get(name));
  for (const name of there) change({ remove: name, at: now() });
  return { DeletedParameters: there, InvalidParameters: asked.filter((name) => !there.includes(name)) };
}

function notFound(name: string): AwsError {
  return new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
}

function shown(version: Version): object {
  const { name } = version;
  const ARNOf = `${ARN}${name.startsWith('/') ? '' : '/'}${name}`;
  return { ...membersOf(version), ARN: ARNOf };
}

function past(version: Version): object {
  return { ...membersOf(version), LastModifiedUser: 'embedded', Labels: [], Tier: 'Standard', Policies: [] };
}

/** The members that a parameter and its history have in common. */
function membersOf({ name, type, value, version, at }: Version): object {
  return {
    Name: name,
    Type: type,
    Value: value,
    Version: version,
    LastModifiedDate: at / 1000,
    DataType: 'text',
  };
}
