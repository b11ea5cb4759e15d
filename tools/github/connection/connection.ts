import { Octokit } from '@octokit/rest';
import { systemClock, type WallClock } from './clock.ts';
import { failureOf, faultOf, GithubFault, isAnswer, isBusy, isUnanswered, type Failure } from './fault.ts';

/** How GitHub is reached. */
export interface ConnectionOptions {
  /** The token, or what makes the one of the moment. */
  token: string | (() => Promise<string>);
  /** `owner/name` */
  repository: string;
  /** Where the API is; default https://api.github.com. */
  url?: string;
  /** The environment variable that has the token, for what to do where it is not accepted. */
  tokenName?: string;
  /** How requests are sent, where that is not Node's own way: through a proxy. */
  fetch?: typeof globalThis.fetch;
  signal: AbortSignal;
  clock?: WallClock;
  /** Milliseconds that one call may take. */
  timeout?: number;
}

/** Times that something is tried in all. */
const TRIES = 5;
/** Milliseconds before the second try; doubled for each one more. */
const FIRST_PAUSE = 1_000;
/** Where GitHub slows us down and does not say for how long, it asks for a minute at least. */
const SLOW_PAUSE = 60_000;
/**
 * The longest that a connection waits in all for calls to be allowed again, in milliseconds: less than half of the time
 * that any job which asks GitHub has, so that a job says why it ends, and is not ended.
 */
export const PATIENCE = 4 * 60_000;
/** Milliseconds that one call may take where nothing else is said. */
const TIMEOUT = 30_000;
/** The version of the REST API that the code was written for. */
const API_VERSION = '2022-11-28';

/** One repository on GitHub, asked patiently: it repeats what may be repeated, and waits as long as GitHub says. */
export class Connection {
  readonly octokit: Octokit;
  readonly repository: { owner: string; repo: string };
  readonly #signal: AbortSignal;
  readonly #clock: WallClock;
  readonly #tokenName: string;
  /** Milliseconds that were waited for calls to be allowed again. */
  #waited = 0;

  constructor(options: ConnectionOptions) {
    const { token, repository, url, signal, clock = systemClock, timeout = TIMEOUT } = options;
    this.#tokenName = options.tokenName ?? 'GITHUB_TOKEN';
    const [owner = '', repo = ''] = repository.split('/');
    this.repository = { owner, repo };
    this.#signal = signal;
    this.#clock = clock;
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    this.octokit = new Octokit({
      ...(typeof token === 'string' && { auth: token }),
      ...(url && { baseUrl: url }),
      userAgent: 'ztna-gitops',
      log: silent,
      ...(options.fetch && { request: { fetch: options.fetch } }),
    });
    this.octokit.hook.before('request', async (options) => {
      if (typeof token === 'function') options.headers.authorization = `token ${await token()}`;
      options.headers['x-github-api-version'] = API_VERSION;
      options.request = {
        ...options.request,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      };
    });
  }

  /** Asks for something, or does what may be done twice. @throws GithubFault */
  async ask<T>(what: string, call: (octokit: Octokit) => Promise<T>): Promise<T> {
    return this.#patiently(what, call, () => true);
  }

  /** Does what may not be done twice. @throws GithubFault, `unanswered` where it may be done all the same */
  async once<T>(what: string, call: (octokit: Octokit) => Promise<T>): Promise<T> {
    return this.#patiently(what, call, (failure) => !isUnanswered(failure));
  }

  /**
   * Makes something so, however often answers are lost: looks whether it is, and does what is missing.
   * @param settle looks, then does the rest by `once`; it is called again where that stays unanswered
   */
  async settle<T>(settle: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await settle();
      } catch (error) {
        if (!(error instanceof GithubFault && error.unanswered) || tries === TRIES) throw error;
        await this.#clock.sleep(FIRST_PAUSE * 2 ** (tries - 1), this.#signal);
      }
    }
  }

  async #patiently<T>(
    what: string,
    call: (octokit: Octokit) => Promise<T>,
    repeatable: (failure: Failure) => boolean,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await call(this.octokit);
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!isAnswer(error)) throw error;
        const failure = failureOf(error);
        const pause = this.#pause(failure, tries);
        const fault = (): GithubFault => faultOf(what, failure, this.#tokenName);
        if (pause === undefined || tries === TRIES) throw fault();
        if (!repeatable(failure)) throw Object.assign(fault(), { unanswered: true });
        await this.#clock.sleep(pause, this.#signal);
      }
    }
  }

  /** Milliseconds to wait before the next try; undefined where another would be in vain. */
  #pause(failure: Failure, tries: number): number | undefined {
    if (!isBusy(failure)) return isUnanswered(failure) ? FIRST_PAUSE * 2 ** (tries - 1) : undefined;
    const { headers } = failure;
    const after = Number(headers['retry-after']);
    const reset = Number(headers['x-ratelimit-reset']) * 1000 - this.#clock.now();
    const used = headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset);
    const pause = after > 0 ? after * 1000 : used ? Math.max(reset, 0) + 1000 : SLOW_PAUSE * 2 ** (tries - 1);
    if (this.#waited + pause > PATIENCE) return undefined;
    this.#waited += pause;
    return pause;
  }
}
