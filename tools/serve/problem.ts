import { STATUS_CODES } from 'node:http';

/** The media type of a problem (RFC 9457, section 3). */
export const PROBLEM_TYPE = 'application/problem+json';

/** What is wrong with a request, or with our answer to it: problem details (RFC 9457). */
export interface Problem {
  /** `about:blank`: the status says of which kind it is. */
  type: 'about:blank';
  /** The status in words. */
  title: string;
  status: number;
  /** What is wrong with this very request. */
  detail: string;
  /** What to do about it. */
  remedy?: string;
  /** Lines that say more, such as findings. */
  lines?: readonly string[];
}

/** A problem of a status. @param detail what is wrong @param more what to do about it, and lines that say more */
export function problemOf(
  status: number,
  detail: string,
  more: Partial<Pick<Problem, 'remedy' | 'lines'>> = {},
): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Problem', status, detail, ...more };
}
