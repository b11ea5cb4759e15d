import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';

/** A policy's text with an end instead of what it had, or beside its other conditions; every other character stays. */
export function withEnd(text: string, until: string): string {
  const when = parseDocument(text).get('when', true);
  if (!isMap(when)) return `${text.trimEnd()}\nwhen:\n  expires: ${until}\n`;
  const known = when.get('expires', true);
  if (isScalar(known)) return spliced(text, known.range![0], known.range![1], until);
  return when.flow ? inFlow(text, when, until) : inBlock(text, when, until);
}

const spliced = (text: string, from: number, to: number, put: string): string =>
  `${text.slice(0, from)}${put}${text.slice(to)}`;

/** `{ from: [...] }`: after the last condition. */
function inFlow(text: string, { range, items }: YAMLMap, until: string): string {
  const [begin, end] = range!;
  const inner = text.slice(begin + 1, end - 1).replace(/,?\s*$/, '');
  return spliced(text, begin, end, `{${inner}${items.length > 0 ? ',' : ''} expires: ${until} }`);
}

/** Before the first condition, in its column. */
function inBlock(text: string, { range }: YAMLMap, until: string): string {
  const [begin] = range!;
  const column = begin - (text.lastIndexOf('\n', begin - 1) + 1);
  return spliced(text, begin, begin, `expires: ${until}\n${' '.repeat(column)}`);
}
