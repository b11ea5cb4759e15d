import { parse } from 'yaml';
import { scalarFault } from './scalars.ts';

/** A text that stands in a list between brackets without quotes, if it is read back as itself. */
const PLAIN = /^[A-Za-z0-9]([A-Za-z0-9 ._@/:+-]*[A-Za-z0-9])?$/;

/** A value as YAML that can stand in a line: `[mon, tue]`, `"08:00"`, `{ all: true }`. */
export function yamlText(value: unknown): string {
  if (typeof value === 'string') return needsQuotes(value) ? JSON.stringify(value) : value;
  if (Array.isArray(value)) return `[${value.map(yamlText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${yamlText(key)}: ${yamlText(inner)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function needsQuotes(text: string): boolean {
  return (
    !PLAIN.test(text) || text.includes(': ') || scalarFault(text, text) !== undefined || parse(text) !== text
  );
}
