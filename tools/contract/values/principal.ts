import { checked, isRead, WRONG_FORM, type Reading, type Unreadable } from './reading.ts';

/** The longest name of a principal. */
const LONGEST = 128;

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/;

/** A dot-atom before the `@` (RFC 5322, section 3.2.3) without what is a wildcard elsewhere, a DNS name after it. */
const ADDRESS =
  /^[A-Za-z0-9!#$%&'+/=^_{|}~-]+(\.[A-Za-z0-9!#$%&'+/=^_{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/**
 * Reads a principal: an e-mail address, or a name in letters, digits, `.`, `_` and `-`, in any letter case, at most 128
 * characters. That it is no group's id needs the repository to tell.
 * @returns it in lower case, in which principals compare
 */
export function readPrincipal(text: string): Reading<string> {
  if (text.length <= LONGEST && (NAME.test(text) || ADDRESS.test(text))) return { value: text.toLowerCase() };
  return misread(text);
}

/** A principal, checked when it came in, as principals compare. @throws RangeError for anything else */
export function parsePrincipal(text: string): string {
  return checked(text, readPrincipal(text));
}

function misread(text: string): Unreadable {
  if (/[*?]/.test(text))
    return {
      reason: 'is a wildcard, and a principal is one person or machine',
      remedy: 'name each, or name a group under `groups`',
    };
  const group = /^groups?[:/](.+)$/.exec(text)?.[1];
  if (group !== undefined)
    return { reason: 'is no principal', remedy: `if \`${group}\` is a group, write it under \`groups\`` };
  if (/^@/.test(text))
    return {
      reason: 'is no principal: nobody is before the @',
      remedy: 'name each person, or name a group under `groups`',
    };
  const better = text.trim().replace(/[.]+$/, '');
  return better !== text && isRead(readPrincipal(better)) ? { ...WRONG_FORM, fix: better } : WRONG_FORM;
}
