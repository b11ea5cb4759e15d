import { Fault } from '../../tools/contract/fault.ts';
import { GithubFault } from '../../tools/github/connection/fault.ts';
import { problemOf, type Problem } from '../../tools/serve/problem.ts';
import { StoreFault } from '../../tools/store/fault.ts';
import { NotFound } from './model/view.ts';

/** A request that is refused before anything is looked at. */
export class RequestFault extends Error {
  readonly status: 401 | 403 | 405 | 413 | 415 | 429 | 503;
  readonly remedy: string;
  /** Seconds after which it may be tried again. */
  readonly after: number | undefined;

  constructor(status: RequestFault['status'], what: string, remedy: string, after?: number) {
    super(what);
    this.status = status;
    this.remedy = remedy;
    this.after = after;
  }
}

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
