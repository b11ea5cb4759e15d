import type { Fault } from '../contract/fault.ts';
import { setMaxListeners } from 'node:events';
import { type Budget, DEFAULT_RATES, type Rates } from '../contract/limits.ts';
import { type Clock, systemClock } from './clock.ts';
import { codeOf, type FaultKind, faultOf, kindOf } from './fault.ts';
import { pace } from './pace.ts';

/** One attempt at a call, for counts and progress. It never holds a value. */
export interface CallAttempt {
  operation: string;
  /** How many names it was about. */
  names: number;
  /** From 1. */
  attempt: number;
  /** How long the store took, without waiting for a turn. */
  milliseconds: number;
  outcome: 'done' | 'again' | 'failed';
  /** Why not, when it is not done. */
  code?: string;
  /** Milliseconds until the next attempt, when it is made again. */
  wait?: number;
}

/** How often a call is attempted in all before its fault is told. */
export interface Patience {
  /** While the store throttles or the name is being changed. */
  busy: number;
  /** While the store is away or fails. */
  broken: number;
}

/** How calls are made: at what rate, how long, how often, and who may interrupt. */
export interface CallerOptions {
  /** Calls per second, or `none` for a store without rates; default: an account's default rates. */
  rates?: Rates | 'none';
  /** Milliseconds for one attempt; default 10,000. */
  timeout?: number;
  /** Default: 13 attempts while busy (26 to 53 s, 40 as a rule: longer than a removed name is barred), 5 while broken. */
  patience?: Patience;
  /** Told of every attempt. */
  observe?: (call: CallAttempt) => void;
  signal?: AbortSignal;
  clock?: Clock;
  /** From 0 to 1, for the jitter. */
  random?: () => number;
  /** How a call that failed for good is told; default: as one of the store. */
  fault?: (error: unknown, about: FailedCall) => Fault;
}

/** A call that failed for good, and why. */
export interface FailedCall {
  operation: string;
  names: readonly string[];
  secret?: string | undefined;
  kind: FaultKind;
}

const PATIENCE: Patience = { busy: 13, broken: 5 };
const TIMEOUT = 10_000;
const FIRST_WAIT = 100;
const LONGEST_WAIT = 8_000;

/** Makes one call: waits for its turn, attempts it, and again where that may help; else throws a fault of the options' kind. */
export type Caller = <T>(
  about: { budget: Budget; operation: string; names: readonly string[]; secret?: string },
  send: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/** A caller with these options; all calls made with it share its rates. */
export function caller(options: CallerOptions = {}): Caller {
  const { clock = systemClock, random = Math.random, observe, patience = PATIENCE } = options;
  const { rates = DEFAULT_RATES, timeout = TIMEOUT, fault = faultOf } = options;
  const turn = turns(rates, clock);
  const signal = shared(options.signal);

  return async ({ budget, operation, names, secret }, send) => {
    for (let attempt = 1; ; attempt += 1) {
      let from = clock.now();
      const report = (rest: Pick<CallAttempt, 'outcome' | 'code' | 'wait'>) =>
        observe?.({ operation, names: names.length, attempt, milliseconds: clock.now() - from, ...rest });
      try {
        await turn(budget, operation, signal);
        from = clock.now();
        const answer = await limited(send, timeout, signal);
        report({ outcome: 'done' });
        return answer;
      } catch (error) {
        const kind = signal.aborted ? 'aborted' : kindOf(error);
        const code = codeOf(error);
        if (attempt >= attempts(kind, patience)) {
          report({ outcome: 'failed', code });
          throw fault(error, { operation, names, secret, kind });
        }
        const wait = backOff(attempt, random());
        report({ outcome: 'again', code, wait });
        await clock.sleep(wait, signal).catch((reason: unknown) => {
          throw fault(reason, { operation, names, kind: 'aborted' });
        });
      }
    }
  };
}

/**
 * The signal, for any number of calls at once: Node warns of a leak at the eleventh listener of one signal. What is made
 * here listens to none either: a command that looks again every few seconds makes a store each time.
 */
function shared(signal?: AbortSignal): AbortSignal {
  const own = AbortSignal.any(signal ? [signal] : []);
  setMaxListeners(0, own);
  return own;
}

function turns(rates: Rates | 'none', clock: Clock) {
  if (rates === 'none') return async () => {};
  const paces = {
    reads: pace(rates.reads, clock),
    lists: rates.lists === undefined ? undefined : pace(rates.lists, clock),
    writes: pace(rates.writes, clock),
    deletes: pace(rates.deletes, clock),
  };
  return (budget: Budget, operation: string, signal?: AbortSignal) => {
    const own = operation === 'GetParametersByPath' ? paces.lists : undefined;
    return (own ?? paces[budget]).turn(signal);
  };
}

function attempts(kind: FaultKind, patience: Patience): number {
  if (kind === 'busy') return patience.busy;
  return kind === 'broken' || kind === 'unreachable' ? patience.broken : 1;
}

/** Doubles from 100 ms to 8 s; half of it is chance, so that those who failed together do not come back together. */
function backOff(attempt: number, chance: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)) * (0.5 + chance / 2);
}

/** One attempt, given up after `timeout` milliseconds or when the signal is raised. */
async function limited<T>(
  send: (signal: AbortSignal) => Promise<T>,
  timeout: number,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const attempt = new AbortController();
  const stop = () => attempt.abort(signal.reason);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    attempt.abort();
  }, timeout);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await send(attempt.signal);
  } catch (error) {
    throw late ? new DOMException(`no answer within ${timeout} ms`, 'TimeoutError') : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
