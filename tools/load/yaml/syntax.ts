import type { ErrorCode } from 'yaml';
import type { FileFault } from '../file-fault.ts';

type Words = Pick<FileFault, 'rule' | 'message' | 'remedy'>;

const syntax = (message: string, remedy: string): Words => ({ rule: 'yaml-syntax', message, remedy });
const ALIAS = {
  rule: 'yaml-alias',
  message: 'an alias is here',
  remedy: 'write the value out, or quote it where it is a text',
};
const ANCHOR = { rule: 'yaml-anchor', message: 'an anchor is here', remedy: 'remove it' };
const TAG = { rule: 'yaml-tag', message: 'a tag is here', remedy: 'remove it' };
const DEEP = { rule: 'yaml-depth', message: 'this is nested too deeply', remedy: 'flatten it' };

/** What each of the YAML reader's complaints is in plain words. */
const WORDS: Record<ErrorCode, Words> = {
  ALIAS_PROPS: ALIAS,
  BAD_ALIAS: ALIAS,
  BAD_COLLECTION_TYPE: TAG,
  BAD_DIRECTIVE: { rule: 'yaml-directive', message: 'a directive is here', remedy: 'remove the line' },
  BAD_DQ_ESCAPE: syntax('this backslash begins no escape', 'write \\\\ for a backslash'),
  BAD_INDENT: syntax('this line is not indented as the lines around it', 'indent it as they are'),
  BAD_PROP_ORDER: TAG,
  BAD_SCALAR_START: syntax('a text cannot begin with this character', 'quote the text'),
  BLOCK_AS_IMPLICIT_KEY: syntax('`: ` is here twice', 'quote the text that holds `: `, or begin a new line'),
  BLOCK_IN_FLOW: syntax('a block cannot be between brackets', 'write it between brackets too'),
  DUPLICATE_KEY: {
    rule: 'yaml-duplicate-key',
    message: 'this key is there twice',
    remedy: 'keep one of the two',
  },
  IMPOSSIBLE: syntax('this cannot be read', 'fix it'),
  KEY_OVER_1024_CHARS: syntax('this key is longer than 1024 characters', 'shorten it'),
  MISSING_CHAR: syntax('a bracket, quote, comma or colon is missing here', 'add it'),
  MULTILINE_IMPLICIT_KEY: syntax('a `:` is missing after this key', 'write `key: value`, or indent the text'),
  MULTIPLE_ANCHORS: ANCHOR,
  MULTIPLE_DOCS: {
    rule: 'yaml-documents',
    message: 'a second document begins here',
    remedy: 'keep one document per file: remove the `---` or `...`',
  },
  MULTIPLE_TAGS: TAG,
  NON_STRING_KEY: { rule: 'yaml-key', message: 'this cannot be a key', remedy: 'use a plain word' },
  RESOURCE_EXHAUSTION: DEEP,
  TAB_AS_INDENT: { rule: 'yaml-tab', message: 'a tab indents this line', remedy: 'indent with spaces' },
  TAG_RESOLVE_FAILED: TAG,
  UNEXPECTED_TOKEN: syntax('this cannot be here', 'fix the brackets, quotes or indentation'),
};

/** What is missing or unexpected, where the reader names it. */
const MISSING = /Missing closing (["'])quote|(?:end with a|Expected flow \w+ to end with) (.)/;

/** A complaint of the YAML reader as a fault. @param text the file's, where it may say more of what is missing */
export function syntaxFault(code: ErrorCode, said: string, offset: number, text = ''): FileFault {
  const closing = MISSING.exec(said);
  if (closing) {
    const mark = closing[1] ?? closing[2]!;
    const comment = closing[2] === undefined ? undefined : takenAway(text.slice(0, offset), mark);
    if (comment !== undefined)
      return {
        rule: 'yaml-syntax',
        offset: comment,
        message: `a comment begins here, and takes the closing ${mark} with it`,
        remedy: 'write the comment on a line of its own, or quote the text that holds the #',
      };
    return {
      rule: 'yaml-syntax',
      offset,
      message: `a closing ${mark} is missing`,
      remedy: `add the ${mark}`,
    };
  }
  return { ...WORDS[code], offset };
}

/** Where the last line that says something has a comment with a bracket in it, which is then missing. */
function takenAway(before: string, bracket: string): number | undefined {
  const line = before.trimEnd().split('\n').at(-1)!;
  const unquoted = line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (quoted) => '"'.repeat(quoted.length));
  const at = unquoted.search(/(?<=\s)#/);
  if (at < 0 || !unquoted.includes(bracket, at)) return undefined;
  return before.trimEnd().length - line.length + at;
}

/** What git leaves in a file whose two versions it could not join. */
const CONFLICT = /^(<{7}|={7}|>{7})( .*)?\r?$/m;

/** Where a merge was left unfinished: it says more than what it breaks. */
export function conflictFault(text: string): FileFault | undefined {
  const mark = CONFLICT.exec(text);
  if (!mark) return undefined;
  const remedy = 'keep one of the two versions, and remove the lines of <<<<<<<, ======= and >>>>>>>';
  return { rule: 'yaml-conflict', offset: mark.index, message: 'a merge was left unfinished here', remedy };
}
