import type { Kind, KindOfFile } from '../../contract/kinds.ts';
import { unreadable } from '../../contract/values/kinds.ts';
import type { Finding } from '../../finding/finding.ts';
import type { ValueEdit, Path } from '../repository.ts';
import { NOTHING_AROUND, type Surroundings, type ValueInFile } from './meant.ts';
import { keyRemedy, valueRemedy } from './remedy.ts';
import { shapeAt } from './shape.ts';
import { expectation, found, misfit, misread, pathName } from './words.ts';
import { alternatives, faultsOf, valueAt, type Complaint } from './wrong.ts';

/** What does not fit the schema, and at which path. */
export interface SchemaFault extends Pick<Finding, 'rule' | 'message' | 'expected' | 'found' | 'remedy'> {
  path: Path;
  target: 'value' | 'key';
  /** What does all that is to be done, where only one thing can be meant. */
  edits?: readonly ValueEdit[];
}

/** Remedies worked out where nothing else is said. */
const MOST = 100;

/** Everything about a value that does not fit its kind of file, one fault each. */
export function schemaFaults(
  ofKind: KindOfFile,
  value: unknown,
  file: string,
  around: Surroundings = NOTHING_AROUND,
  tries: ValueInFile['tries'] = { left: MOST },
): SchemaFault[] {
  const { validate, idFrom, kind } = ofKind;
  const wanted = idOf(ofKind, file);
  if (!validate(value))
    return faultsOf(validate.errors ?? [], value, kind).map((one) =>
      faultOf(one, { file: ofKind, root: value, around, tries, id: wanted }),
    );
  if (!idFrom || wanted === undefined) return [];
  const { id } = value as { id: string };
  return id === wanted ? [] : [idFault(kind, idFrom, wanted, id)];
}

/** The id that a file's path asks for; undefined for files without one. */
function idOf({ idFrom }: KindOfFile, file: string): string | undefined {
  const parts = file.split('/');
  if (!idFrom) return undefined;
  return idFrom === 'folder' ? parts.at(-2)! : parts.at(-1)!.replace(/\.yaml$/, '');
}

function idFault(kind: Kind, idFrom: 'file' | 'folder', wanted: string, id: string): SchemaFault {
  const shape = shapeAt(kind, ['id']);
  const possible = new RegExp(shape.pattern!).test(wanted);
  const name = idFrom === 'file' ? `${id}.yaml` : `${id}/`;
  return {
    rule: 'id',
    path: ['id'],
    target: 'value',
    message: possible
      ? `\`id\` is not the ${idFrom}'s name`
      : `the ${idFrom}'s name \`${wanted}\` cannot be an id`,
    expected: possible ? wanted : expectation(shape),
    found: id,
    remedy: possible ? `write \`id: ${wanted}\`, or rename the ${idFrom}` : `rename the ${idFrom} to ${name}`,
  };
}

type SchemaWords = Omit<SchemaFault, 'rule'>;

/** What a complaint is about. */
interface About extends ValueInFile {
  /** The id that the file's path asks for. */
  id: string | undefined;
}

function faultOf(wrong: Complaint, about: About): SchemaFault {
  const keyword = wrong.condition ?? wrong.error.keyword;
  const tell = TELL[wrong.error.keyword] ?? (wrong.error.propertyName === undefined ? tellValue : tellName);
  return {
    rule: `schema-${wrong.error.propertyName === undefined ? keyword : 'propertyNames'}`,
    ...tell(wrong, about),
  };
}

const TELL: Record<string, (wrong: Complaint, about: About) => SchemaWords> = {
  required: tellMissing,
  dependentRequired: tellMissing,
  additionalProperties: tellUnknown,
  'false schema': tellRefused,
  oneOf: tellChoice,
  uniqueItems: tellRepeated,
};

const NAMES: Partial<Record<Kind, string>> = {
  guardrails: 'guardrails.yaml',
  revoked: 'revoked.yaml',
  'access-test': 'the access test',
};

function nameOf(path: Path, kind: Kind): string {
  return path.length === 0 ? (NAMES[kind] ?? `the ${kind}`) : `\`${pathName(path)}\``;
}

function tellValue({ error, at }: Complaint, about: About): SchemaWords {
  const { root, kind } = valueOf(about);
  const [name, shape, value] = [nameOf(at, kind), shapeAt(kind, at), valueAt(root, at)];
  const wrong = error.keyword === 'format' ? unreadable(error.params['format'], value) : undefined;
  const words = wrong ? misread(wrong, name, shape, value) : misfit(error.keyword, name, shape, value);
  return { path: at, target: 'value', ...words, ...ownerWords(at, name, about), ...valueRemedy(about, at) };
}

/** Who may be an owner, where an owner is none. */
function ownerWords(at: Path, name: string, { around }: About): Partial<SchemaWords> {
  if (at.at(-1) !== 'owner') return {};
  const owners = around.owners();
  const list = owners.length > 0 ? owners.join(', ') : '`owners` in policies/guardrails.yaml';
  return { message: `${name} is not the name of a team`, remedy: `write one of ${list}` };
}

const valueOf = ({ root, file: { kind } }: About): { root: unknown; kind: Kind } => ({ root, kind });

/** A key whose name has the wrong form. */
function tellName(
  { error: { keyword, propertyName }, at }: Complaint,
  { file: { kind } }: About,
): SchemaWords {
  const name = `the key \`${propertyName}\` of ${nameOf(at, kind)}`;
  const shape = { type: 'string', ...shapeAt(kind, at).propertyNames };
  return { path: [...at, propertyName!], target: 'key', ...misfit(keyword, name, shape, propertyName) };
}

function tellMissing(
  { owner, key, condition, trigger }: Complaint,
  { file: { kind }, around, id }: About,
): SchemaWords {
  const needs = condition === 'dependentSchemas' || condition === 'dependentRequired';
  const reason = condition === 'if' ? `, which \`${conditionOf(owner, kind)}\` needs` : '';
  const lacks = `${nameOf(owner, kind)} lacks \`${key}\`${reason}`;
  return {
    path: [...owner, needs ? trigger! : key!],
    target: 'key',
    message: needs ? `${nameOf([...owner, trigger!], kind)} needs \`${key}\` beside it` : lacks,
    expected: expectation(shapeAt(kind, [...owner, key!])),
    ...(condition === 'dependentSchemas'
      ? { remedy: `add \`${key}:\`, or remove \`${trigger}\`` }
      : toAdd(owner, key!, around, id)),
  };
}

/** What to add for a key that is missing: the id is known, and of a zone and an owner there are examples. */
function toAdd(
  owner: Path,
  key: string,
  { owners }: Surroundings,
  id: string | undefined,
): Pick<SchemaWords, 'remedy' | 'edits'> {
  if (owner.length === 0 && key === 'id' && id !== undefined && /^[a-z][a-z0-9-]{0,62}$/.test(id))
    return { remedy: `add \`id: ${id}\``, edits: [{ path: [], add: `id: ${id}` }] };
  if (key === 'timezone') return { remedy: 'add `timezone: Europe/Berlin`, or the zone of another city' };
  const [first, ...others] = key === 'owner' ? owners() : [];
  if (first === undefined) return { remedy: `add \`${key}:\`` };
  return { remedy: `add \`owner: ${first}\`${others.length > 0 ? `, or one of ${others.join(', ')}` : ''}` };
}

function tellUnknown({ owner, key, meant }: Complaint, about: About): SchemaWords {
  const { root, kind } = valueOf(about);
  const shape = shapeAt(kind, owner);
  const known = Object.keys(shape.properties ?? {});
  const home = known.find((one) => Object.hasOwn(shapeAt(kind, [...owner, one]).properties ?? {}, key!));
  const free = known.filter((one) => !Object.hasOwn(valueAt(root, owner) as object, one));
  const move = home === undefined ? 'remove it' : `write it in \`${home}\``;
  return {
    path: [...owner, key!],
    target: 'key',
    message: `\`${key}\` is not a key of ${nameOf(owner, kind)}`,
    ...(meant === undefined && free.length > 0 && { expected: `one of ${free.join(', ')}` }),
    ...(meant === undefined ? { remedy: move } : keyRemedy(about, [...owner, key!], meant)),
  };
}

/** A key that does not go with what is beside it. */
function tellRefused(
  { at, owner, key, condition, trigger }: Complaint,
  { file: { kind } }: About,
): SchemaWords {
  const name = nameOf(at, kind);
  if (condition !== 'if') {
    const message = `${name} does not go with \`${trigger}\``;
    return { path: at, target: 'key', message, remedy: `remove \`${key}\`` };
  }
  const only = conditionOf(owner, kind);
  const remedy = `remove \`${key}\`, or write \`${only}\``;
  return { path: at, target: 'key', message: `${name} goes only with \`${only}\``, remedy };
}

/** The condition of an object's `if`, as it would be written: `runs: fargate`. */
function conditionOf(owner: Path, kind: Kind): string {
  const asked = Object.entries(shapeAt(kind, owner).if?.properties ?? {});
  return asked.map(([key, shape]) => `${key}: ${shape ? shape.const : ''}`).join(', ');
}

function tellChoice(wrong: Complaint, about: About): SchemaWords {
  const { root, kind } = valueOf(about);
  const { owner, trigger } = wrong;
  const keys = alternatives(wrong, kind);
  const given = keys.filter((key) => Object.hasOwn(valueAt(root, owner) as object, key));
  const all = keys.map((key) => `\`${key}\``);
  const name = nameOf(owner, kind);
  const beside = trigger === undefined ? '' : ` beside \`${trigger}\``;
  if (given.length === 0) {
    const message = `${name} needs one of ${all.join(', ')}${beside}`;
    return { path: owner, target: 'value', message, found: 'none of them', remedy: 'add one' };
  }
  return {
    path: [...owner, given[1]!],
    target: 'key',
    message: `${name} has several of ${all.join(', ')}${beside}`,
    expected: 'one of them',
    found: given.join(', '),
    remedy: 'keep one',
  };
}

function tellRepeated({ error: { params }, at }: Complaint, about: About): SchemaWords {
  const { root, kind } = valueOf(about);
  const [i, j] = [params['i'] as number, params['j'] as number].sort((a, b) => a - b) as [number, number];
  return {
    path: [...at, j],
    target: 'value',
    message: `${nameOf([...at, j], kind)} repeats ${nameOf([...at, i], kind)}`,
    found: found(valueAt(root, [...at, j])),
    remedy: 'remove one of the two',
    edits: [{ path: [...at, j], remove: true }],
  };
}
