import type { KindOfFile } from '../contract/kinds.ts';
import { LIMITS } from '../contract/limits.ts';
import type { Finding } from '../finding/finding.ts';
import type { Cache } from './cache.ts';
import type { FileFault } from './file-fault.ts';
import { parse } from './yaml/parse.ts';
import { isLeftByEditor, isMeaningless, kindOf, misplaced } from './paths.ts';
import { Places } from './yaml/places.ts';
import type { LoadedFile } from './repository.ts';
import { schemaFaults } from './schema/schema.ts';
import type { Source, SourceTrouble } from './sources.ts';
import { textOf } from './yaml/text.ts';

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
 * last. It depends on nothing but the file and, where names collide, on the name of the other.
 * @param cache values of files that were found without fault before, and where to keep this one
 */
export function loadFile(source: Source, collidesWith?: string, cache?: Cache): FileResult {
  const { path, bytes, trouble, said } = source;
  if (isMeaningless(path)) return { findings: [] };
  const refused = (fault: Omit<FileFault, 'offset'>): FileResult => ({
    findings: [
      { file: path, line: 1, column: 1, severity: 'error', ...withoutOffset({ offset: 0, ...fault }) },
    ],
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
  const places = new Places(path, text);
  const { value, faults } = fault ? { value: undefined, faults: [fault] } : parse(text);
  if (faults.length > 0) {
    const at = ({ offset }: FileFault) => places.at(offset);
    return {
      text,
      findings: listed(faults, (one) => ({ ...at(one), severity: 'error', ...withoutOffset(one) })),
    };
  }
  const wrong = schemaFaults(kind, value, path);
  if (wrong.length > 0) {
    const findings = listed(wrong, ({ path: where, target, ...words }) => ({
      ...places.of(where, target),
      severity: 'error',
      ...words,
    }));
    return { text, findings };
  }
  cache?.put(path, bytes, value);
  return fileOf(kind, path, text, value);
}

/** A file without fault. */
function fileOf({ kind }: KindOfFile, path: string, text: string, value: unknown): FileResult {
  const places = new Places(path, text);
  const file = { kind, file: path, value, place: places.of.bind(places) } as LoadedFile;
  return { text, findings: [], file };
}

function withoutOffset({ offset: _, ...words }: FileFault): Omit<FileFault, 'offset'> {
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
