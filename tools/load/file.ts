import type { KindOfFile } from '../contract/kinds.ts';
import { LIMITS } from '../contract/limits.ts';
import type { Finding } from '../finding/finding.ts';
import type { Fix } from '../finding/fix.ts';
import type { Cache } from './cache.ts';
import type { FileFault } from './file-fault.ts';
import { parse } from './yaml/parse.ts';
import { isLeftByEditor, isMeaningless, kindOf, misplaced } from './paths.ts';
import { Places } from './yaml/places.ts';
import type { LoadedFile } from './repository.ts';
import {
  fits,
  meantAt,
  NOTHING_AROUND,
  triesFor,
  withAt,
  type Surroundings,
  type ValueInFile,
} from './schema/meant.ts';
import { schemaFaults, type SchemaFault } from './schema/schema.ts';
import { valueAt } from './schema/wrong.ts';
import type { Source, SourceTrouble } from './sources.ts';
import { commentedOut, cutOff, cutShort } from './yaml/comments.ts';
import { quotedInstead, type Judgement } from './yaml/quotes.ts';
import { oddSpaces, textOf } from './yaml/text.ts';
import { yamlText } from './yaml/write.ts';

/** What became of one file: the file typed, or why it is not; nothing of either for one of no concern. */
export interface FileResult {
  file?: LoadedFile;
  findings: Finding[];
  /** Its text, as far as it could be read, for code frames. */
  text?: string;
}

/** Findings of one file beyond this many are not listed: nobody reads them, and each has its price. */
const MOST_FINDINGS = 100;

const TROUBLE: Record<SourceTrouble, Pick<FileFault, 'rule' | 'message' | 'remedy'>> = {
  case: {
    rule: 'file-case',
    message: 'only the case of letters tells this name from one that means something',
    remedy: 'write it in lower case',
  },
  directory: { rule: 'file', message: 'this is a folder named like a file', remedy: 'rename or remove it' },
  large: {
    rule: 'file-size',
    message: `the file is larger than ${LIMITS.fileBytes / 1024} KiB`,
    remedy: 'split it',
  },
  link: {
    rule: 'file-link',
    message: 'this is a link, and links are not followed',
    remedy: 'put the file itself here',
  },
  special: { rule: 'file', message: 'this is not a regular file', remedy: 'remove it' },
  unreadable: { rule: 'file', message: 'this cannot be read', remedy: 'give yourself permission to read it' },
};

/**
 * Reads one file: bytes to text to YAML to what its kind's schema allows; the first stage that finds a fault is the
 * last. It depends on nothing but the file and, where names collide, on the name of the other; what is around gives
 * words only.
 * @param cache values of files that were found without fault before, and where to keep this one
 */
export function loadFile(
  source: Source,
  collidesWith?: string,
  cache?: Cache,
  around: Surroundings = NOTHING_AROUND,
): FileResult {
  const { path, bytes, trouble, said } = source;
  if (isMeaningless(path)) return { findings: [] };
  const refused = (fault: Omit<FileFault, 'offset'>): FileResult => ({
    findings: [{ file: path, line: 1, column: 1, severity: 'error', ...onlyWords({ offset: 0, ...fault }) }],
  });
  if (isLeftByEditor(path)) return refused(misplaced(path));
  if (trouble || !bytes)
    return refused({ ...TROUBLE[trouble ?? 'unreadable'], ...(said && { found: said }) });
  if (collidesWith !== undefined) return refused(collision(collidesWith));
  const kind = kindOf(path);
  if (!kind) return refused(misplaced(path));
  if (bytes.length > LIMITS.fileBytes) return refused(TROUBLE.large);
  const known = cache?.get(path, bytes);
  if (known !== undefined) return fileOf(kind, path, bytes.toString('utf8'), known);
  const { text, fault } = textOf(bytes);
  if (fault) return { text, findings: faultFindings([fault], new Places(path, text)) };
  const read = readText(kind, path, text, around);
  if (read.findings.length > 0) {
    const odd = oddSpaces(text);
    // What a blank that is none breaks is said once, as what it is.
    const isCause = odd && readText(kind, path, odd.without, around).findings.length < read.findings.length;
    return { text, findings: isCause ? faultFindings(odd.faults, new Places(path, text)) : read.findings };
  }
  const cut = cutOff(text);
  if (cut.length > 0)
    return { ...fileOf(kind, path, text, read.value), findings: faultFindings(cut, new Places(path, text)) };
  cache?.put(path, bytes, read.value);
  return fileOf(kind, path, text, read.value);
}

/** The value of a text, and what is wrong with it as YAML or else by its kind's schema. */
function readText(
  kind: KindOfFile,
  path: string,
  text: string,
  around: Surroundings,
): { value: unknown; findings: Finding[] } {
  const places = new Places(path, text);
  const tries = triesFor(text);
  const { value, faults } = parse(text);
  if (faults.length > 0) {
    const told = faults.map((one) =>
      one.scalar
        ? scalarRemedy(one, { file: kind, root: value, around, tries })
        : quotedInstead(one, text, (quoted) => judged(kind, path, quoted, around)),
    );
    return { value, findings: faultFindings(told, places) };
  }
  const findings = listed(schemaFaults(kind, value, path, around, tries), (fault) =>
    schemaFinding(fault, { file: kind, root: value }, places),
  );
  return { value, findings };
}

function schemaFinding(
  { path, target, edits, ...words }: SchemaFault,
  value: Pick<ValueInFile, 'file' | 'root'>,
  places: Places,
): Finding {
  const finding: Finding = { ...places.of(path, target), severity: 'error', ...words };
  const there = valueAt(value.root, path);
  const offset = places.offset(path);
  const comment = there === null ? commentedOut(places.text, offset) : cutShort(places.text, offset, there);
  const isText = comment && fits(value, path, JSON.parse(comment.text));
  if (comment && isText) {
    const remedy = `quote it: ${comment.text}, as what follows a # is a comment`;
    return { ...finding, remedy, ...fixOf(places.fixes([comment])) };
  }
  const fix = edits && fixOf(places.fix(edits));
  if (!comment || there === null) return { ...finding, ...fix };
  const cut = `a comment begins at the # and cuts the text off: write ${comment.text} in another way, without #`;
  return { ...finding, remedy: words.remedy ? `${words.remedy}; ${cut}` : cut, ...fix };
}

/** What is wrong with a text that was changed, and where things are in it; undefined where it is no YAML. */
function judged(kind: KindOfFile, path: string, text: string, around: Surroundings): Judgement | undefined {
  const { value, faults } = parse(text);
  if (faults.length > 0) return undefined;
  return { faults: schemaFaults(kind, value, path, around, { left: 1 }), places: new Places(path, text) };
}

/** What to write for a plain scalar that is read in several ways, by what belongs at its place. */
function scalarRemedy(fault: FileFault, value: ValueInFile): FileFault {
  const { scalar, ...rest } = fault;
  if (!scalar) return fault;
  const { path, source, to } = scalar;
  if (value.tries.left-- <= 0) return rest;
  const asIs = valueAt(value.root, path);
  const meant = fits(value, path, asIs)
    ? { value: asIs }
    : meantAt({ ...value, root: withAt(value.root, path, source) }, path);
  if (!meant || ('or' in meant && meant.or !== undefined)) return rest;
  const text = yamlText(meant.value);
  const remedy = text === JSON.stringify(source) ? `quote it: ${text}` : `write ${text}`;
  return { ...rest, remedy, edits: [{ from: fault.offset, to, text }] };
}

/** Faults of a text as findings. */
function faultFindings(faults: readonly FileFault[], places: Places): Finding[] {
  return listed(faults, (one) => ({
    ...places.at(one.offset),
    severity: one.severity ?? 'error',
    ...onlyWords(one),
    ...(one.edits && fixOf(places.fixes(one.edits))),
  }));
}

const fixOf = (fix: Fix[] | undefined): Pick<Finding, 'fix'> => (fix && fix.length > 0 ? { fix } : {});

/** A file without fault. */
function fileOf({ kind }: KindOfFile, path: string, text: string, value: unknown): FileResult {
  const places = new Places(path, text);
  const file = {
    ...{ kind, file: path, value },
    ...{ place: places.of.bind(places), fix: places.fix.bind(places) },
  } as LoadedFile;
  return { text, findings: [], file };
}

function onlyWords({ offset: _, edits: __, scalar: ___, severity: ____, ...words }: FileFault) {
  return words;
}

function collision(other: string): Omit<FileFault, 'offset'> {
  return {
    rule: 'file-case',
    message: `only the case of letters tells this name from ${other}`,
    remedy: 'rename one of the two: macOS and Windows cannot keep both',
  };
}

/** The findings of faults, as many as anybody reads. */
function listed<T>(faults: readonly T[], finding: (fault: T) => Finding): Finding[] {
  const shown = faults.slice(0, MOST_FINDINGS).map(finding);
  const last = shown.at(-1);
  if (faults.length === shown.length || !last) return shown;
  const { file, line, column } = last;
  const message = `the file has more than ${MOST_FINDINGS} findings`;
  return [
    ...shown,
    { file, line, column, rule: 'file-findings', severity: 'error', message, remedy: 'fix these first' },
  ];
}
