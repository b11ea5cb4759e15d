import type { FileFault } from '../file-fault.ts';
import type { SchemaFault } from '../schema/schema.ts';
import type { Places } from './places.ts';

/** What does not fit in a text, and where things are in it. */
export interface Judgement {
  faults: SchemaFault[];
  places: Places;
}

/**
 * What to do where quotes are missing, as around `*`, `@team` and a text with `: ` in it: the quotes, or what belongs
 * there instead.
 * @param judge judges the text with the quotes; undefined where they do not make it YAML
 */
export function quotedInstead(
  fault: FileFault,
  text: string,
  judge: (text: string) => Judgement | undefined,
): FileFault {
  const token = tokenAt(text, fault);
  if (!token) return fault;
  const { from, to } = token;
  const quoted = JSON.stringify(text.slice(from, to));
  const judged = judge(text.slice(0, from) + quoted + text.slice(to));
  if (!judged) return fault;
  const grown = quoted.length - (to - from);
  const found = judged.faults
    .map((one) => ({
      ...one,
      offset: judged.places.offset(one.path, one.target),
      at: judged.places.edits(one.edits ?? []),
    }))
    .find(
      ({ offset, at = [] }) =>
        offset === from || at.some((edit) => edit.from <= from && edit.to >= from + quoted.length),
    );
  if (!found) return { ...fault, remedy: `quote it: ${quoted}`, edits: [{ from, to, text: quoted }] };
  const edits = found.at?.map((edit) => (edit.to > from ? { ...edit, to: edit.to - grown } : edit)) ?? [];
  return {
    ...fault,
    ...(found.remedy !== undefined && { remedy: found.remedy }),
    ...(edits.length > 0 && { edits }),
  };
}

/** The text that lacks quotes. */
function tokenAt(text: string, { rule, offset }: FileFault): { from: number; to: number } | undefined {
  const rest = text.slice(offset, offset + LONGEST);
  if (rule === 'yaml-alias')
    return /^\*(?=[\s,\]}]|$)/.test(rest) ? { from: offset, to: offset + 1 } : undefined;
  if (rule !== 'yaml-syntax') return undefined;
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  if (!/^\s*(- )?([A-Za-z]\w*: *|\S.*[[{,:] *)?$/.test(before)) return undefined;
  const found =
    /^[@`%][^\s,\]}]*/.exec(rest) ?? (/^\s*(- )?[A-Za-z]\w*: +$/.test(before) ? TEXT.exec(rest) : null);
  return found ? { from: offset, to: offset + found[0].trimEnd().length } : undefined;
}

/** A plain text to the end of its line, or to a comment. */
const TEXT = /^[A-Za-z0-9](?:(?! #)[^\n\r])*/;

/** No text that one writes in a line is longer. */
const LONGEST = 1000;
