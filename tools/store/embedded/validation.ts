import { LIMITS } from '../../contract/limits.ts';
import { invalid, AwsError } from './aws-error.ts';

/** A request's members, as they came. */
export type RequestMembers = Readonly<Record<string, unknown>>;

/** Refuses members that this store does not know, rather than to do less than was asked. */
export function only(input: RequestMembers, members: readonly string[]): void {
  const extra = Object.keys(input).find((key) => !members.includes(key));
  if (extra !== undefined) throw invalid(`The embedded store does not support the member ${extra}.`);
}

/** A member that is text. */
export function text(input: RequestMembers, member: string): string {
  const value = input[member];
  if (typeof value !== 'string') throw broken(member, 'not be null');
  if (value === '') throw broken(member, 'have length greater than or equal to 1');
  return value;
}

/** A member that is a list of one to `most` names. */
export function names(input: RequestMembers, member: string, most: number): string[] {
  const list = input[member];
  if (!Array.isArray(list) || !list.every((name) => typeof name === 'string'))
    throw broken(member, 'not be null');
  if (list.length === 0) throw broken(member, 'have length greater than or equal to 1');
  if (list.length > most) throw broken(member, `have length less than or equal to ${most}`);
  return [...new Set(list)];
}

/** A member that is a whole number from 1 to `most`, or `most` when it is not given. */
export function count(input: RequestMembers, member: string, most: number): number {
  const value = input[member] ?? most;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw broken(member, 'be a number');
  if (value < 1) throw broken(member, 'have value greater than or equal to 1');
  if (value > most) throw broken(member, `have value less than or equal to ${most}`);
  return value;
}

/** A member that is true, or not. */
export function flag(input: RequestMembers, member: string): boolean {
  const value = input[member] ?? false;
  if (typeof value !== 'boolean') throw broken(member, 'be true or false');
  return value;
}

function broken(member: string, constraint: string): AwsError {
  const at = member.charAt(0).toLowerCase() + member.slice(1);
  return invalid(
    `1 validation error detected: Value at '${at}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

/** What AWS counts against the length of a name, in front of it. */
export const ARN = 'arn:aws:ssm:embedded-store-1:000000000000:parameter';

/** Refuses what is no parameter's name. */
export function verifyName(name: string): void {
  if (!/^\/?[a-zA-Z0-9_.-]+(\/[a-zA-Z0-9_.-]+)*$/.test(name) || /^\/?(aws|ssm)/i.test(name))
    throw invalid(
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can ' +
        'consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and ' +
        'the following 3 symbols .-_',
    );
  if (name.includes('/') && !name.startsWith('/'))
    throw invalid('Parameter name must be a fully qualified name.');
  if (levels(name) > LIMITS.nameDepth)
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `A hierarchy can have a maximum of ${LIMITS.nameDepth} levels.`,
    );
  if (ARN.length + 1 + name.replace(/^\//, '').length > LIMITS.nameCharacters)
    throw invalid(`Parameter name: with its ARN it can have at most ${LIMITS.nameCharacters} characters.`);
}

function levels(name: string): number {
  return name.split('/').filter(Boolean).length;
}

/** Refuses what no parameter of the standard tier can hold. */
export function verifyValue(value: string): void {
  if (Buffer.byteLength(value) > LIMITS.valueCharacters)
    throw invalid(
      `Standard tier parameters support a maximum parameter value of ${LIMITS.valueCharacters} characters. To ` +
        'create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.',
    );
  if (/\{\{[^]*\}\}/.test(value))
    throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value. ');
}

/** A path to list below, with a slash at its end. */
export function pathOf(input: RequestMembers): string {
  const path = text(input, 'Path');
  // A slash is in one place of the pattern only: there is one way to read a path, and no work that doubles.
  if (!/^\/([a-zA-Z0-9_.-]+(\/[a-zA-Z0-9_.-]+)*\/?)?$/.test(path))
    throw invalid(
      "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward " +
        'slash "/". It must use only letters, numbers, or the following symbols: . (period), - (hyphen), ' +
        '_ (underscore). All sub-paths, if specified, must use the forward slash symbol "/".',
    );
  return path.endsWith('/') ? path : `${path}/`;
}
