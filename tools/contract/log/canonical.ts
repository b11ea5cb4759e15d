import { createHash } from 'node:crypto';

/**
 * The canonical JSON text of a value, as RFC 8785 has it: keys sorted by UTF-16 code units, no white space,
 * numbers and strings as ECMAScript writes them. Keys whose value is undefined are left out.
 * @throws TypeError for what JSON cannot say: NaN, infinities, functions, lone surrogates
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') return objectText(value as Record<string, unknown>);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is not JSON`);
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('a lone surrogate is not JSON');
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`${typeof value} is not JSON`);
  return text;
}

function objectText(value: Record<string, unknown>): string {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  // The default order of sort() is by UTF-16 code units, which RFC 8785 asks for.
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
    .join(',')}}`;
}

/** The canonical JSON of a value as UTF-8 bytes. */
export function canonicalBytes(value: unknown): Buffer {
  return Buffer.from(canonicalJson(value), 'utf8');
}

/** The digest of bytes: lower-case hexadecimal SHA-256. */
export function digestOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
