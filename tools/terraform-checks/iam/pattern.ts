import type { AwsRequest } from './document.ts';

/** A key's values in a request; keys compare without case. */
export function valuesOf({ context = {} }: AwsRequest, key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  if (found === undefined) return undefined;
  return typeof found === 'string' ? [found] : found;
}

/** Whether a text fits a pattern in which `*` is anything and `?` one character. */
export function fits(pattern: string, text: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '[^]*';
    return part === '?' ? '[^]' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`).test(text);
}

/** Whether an ARN fits a pattern, each of its six parts by itself. */
export function fitsArn(pattern: string, arn: string): boolean {
  const split = (text: string): string[] => {
    const parts = text.split(':');
    return [...parts.slice(0, 5), parts.slice(5).join(':')];
  };
  const [patterns, parts] = [split(pattern), split(arn)];
  return parts.length === patterns.length && patterns.every((one, at) => fits(one, parts[at]!));
}

/**
 * A pattern with `${key}` replaced by what the request says, `${*}` and the like by the character itself;
 * undefined where the request does not say: then the pattern matches nothing.
 */
export function substituted(pattern: string, request: AwsRequest): string | undefined {
  let known = true;
  const text = pattern.replace(/\$\{([^}]*)\}/g, (_, inside: string) => {
    if (/^[*?$]$/.test(inside)) return inside;
    const [key, fallback] = inside.split(/\s*,\s*/) as [string, string | undefined];
    const values = valuesOf(request, key.trim());
    if (values?.length === 1) return values[0]!;
    if (fallback !== undefined) return fallback.replace(/^'|'$/g, '');
    known = false;
    return '';
  });
  return known ? text : undefined;
}
