import { Fault } from '../../tools/contract/fault.ts';
import { GithubFault } from '../../tools/github/connection/fault.ts';
import { problemOf, type Problem } from '../../tools/serve/problem.ts';
import { StoreFault } from '../../tools/store/fault.ts';
import { NotFound } from './model/view.ts';

/** A request that is refused before anything is looked at. */
export class RequestFault extends Error {
  readonly status: 401 | 403 | 405 | 413 | 415 | 429 | 503;
  readonly remedy: string;
  /** What the answer's head must say: when it may be tried again, or which methods there are. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: RequestFault['status'],
    what: string,
    remedy: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(what);
    this.status = status;
    this.remedy = remedy;
    this.headers = headers;
  }
}

/** What is left of a body that is too large is never read, so that its connection is of no more use. */
export const CUT_OFF = { connection: 'close' } as const;

/**
 * What is said of an error. @param writes whether the request would have changed something
 * @returns undefined for one that nobody expects: a defect
 */
export function problemFor(error: unknown, writes: boolean): Problem | undefined {
  if (error instanceof RequestFault) return problemOf(error.status, error.message, { remedy: error.remedy });
  if (error instanceof NotFound) return problemOf(404, error.message, { remedy: error.remedy });
  if (error instanceof GithubFault) return problemOf(502, error.message, { remedy: error.remedy });
  if (error instanceof StoreFault) return problemOf(503, error.message, { remedy: 'try again in a moment' });
  if (!(error instanceof Fault)) return undefined;
  const { message, remedy, lines } = error;
  return problemOf(writes ? 422 : 400, message, { remedy, ...(lines.length > 0 && { lines }) });
}
