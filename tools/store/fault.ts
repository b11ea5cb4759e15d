import { Fault } from '../contract/fault.ts';
import { STORE_ENDED } from './embedded/aws-error.ts';

/**
 * Why a call failed:
 * `busy` the store throttles or the name is being changed; `broken` it answered with a fault of its own;
 * `unreachable` no answer; `denied` the credentials; `full` a quota; `refused` the request itself;
 * `aborted` interrupted from here.
 */
export type FaultKind = 'busy' | 'broken' | 'unreachable' | 'denied' | 'full' | 'refused' | 'aborted';

/** A call that the store did not carry out, in plain words; it never holds a parameter's value. */
export class StoreFault extends Fault {
  readonly kind: FaultKind;
  /** The call, as AWS names it. */
  readonly operation: string;
  /** The names it was about. */
  readonly names: readonly string[];
  /** The store's or the network's own word for it: `ThrottlingException`, `ECONNREFUSED`. */
  readonly code: string;

  constructor(
    kind: FaultKind,
    about: { operation: string; names: readonly string[]; code: string; detail?: string },
  ) {
    const { operation, names, code, detail } = about;
    super(`${operation} ${subject(names)}`, remedyOf(kind, code, operation), {
      why: `${REASONS[kind]} (${[code, detail].filter(Boolean).join(': ')})`,
      interrupted: kind === 'aborted',
    });
    this.name = 'StoreFault';
    this.kind = kind;
    this.operation = operation;
    this.names = names;
    this.code = code;
  }
}

const REASONS: Record<FaultKind, string> = {
  busy: 'the store is busy and stayed so',
  broken: 'the store failed',
  unreachable: 'the store cannot be reached',
  denied: 'the store does not accept the credentials',
  full: 'a quota of the store is used up',
  refused: 'the store refuses the request',
  aborted: 'interrupted',
};

const REMEDIES: Record<FaultKind, string> = {
  busy: 'others use the same quota: repeat in a minute, or turn on higher throughput for Parameter Store',
  broken: 'nothing is wrong here: repeat later',
  unreachable: 'check the network, the region and the endpoint, then repeat',
  denied: 'check that the credentials are there, not expired, and allowed to make this call on these names',
  full: 'remove parameters that nothing uses any more, then repeat',
  refused: 'correct the name or the value',
  aborted: 'repeat the command: what was written stays, and is used',
};

/** Remedies that are better than their kind's. */
const SPECIAL: Record<string, string> = {
  ECONNREFUSED:
    'nothing answers there; an embedded store has ended: begin it again with npm start, and repeat; for another, check the network, the region and the endpoint',
  [STORE_ENDED]: 'the embedded store has ended: end what runs, begin it again with npm start, and repeat',
  TooManyUpdates:
    'another program writes this name, or it was removed less than 30 seconds ago: repeat in half a minute',
  ParameterMaxVersionLimitExceeded: 'take the label off the oldest version of this parameter, then repeat',
};

function remedyOf(kind: FaultKind, code: string, operation: string): string {
  if (kind === 'denied') return `${REMEDIES.denied} (ssm:${operation})`;
  return SPECIAL[code] ?? REMEDIES[kind];
}

function subject(names: readonly string[]): string {
  const [first = 'nothing', ...more] = names;
  return more.length > 0 ? `${first} and ${more.length} more` : first;
}

const BUSY = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestThrottledException',
  'TooManyUpdates',
]);
const FULL = new Set(['ParameterLimitExceeded', 'ParameterMaxVersionLimitExceeded']);
const DENIED = new Set([
  'AccessDeniedException',
  'AuthFailure',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);
const UNREACHABLE = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
]);

/** What an error of the SDK says, as far as this project cares. */
interface SdkError {
  name?: string;
  code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean };
}

/** The word for an error: a network code where there is one, else the name of the exception. */
export function codeOf(error: unknown): string {
  const { name, code } = (error ?? {}) as SdkError;
  return typeof code === 'string' ? code : (name ?? 'Error');
}

/** The kind of an error that the SDK threw. */
export function kindOf(error: unknown): FaultKind {
  const code = codeOf(error);
  const { httpStatusCode: status = 0, clockSkewCorrected } = ((error ?? {}) as SdkError).$metadata ?? {};
  // The SDK has learnt the store's time from this answer: the same call, signed anew, will do.
  if (clockSkewCorrected) return 'broken';
  if (BUSY.has(code) || status === 429) return 'busy';
  if (FULL.has(code)) return 'full';
  if (DENIED.has(code) || status === 401 || status === 403) return 'denied';
  if (UNREACHABLE.has(code)) return 'unreachable';
  return status >= 500 || code === 'SyntaxError' ? 'broken' : 'refused';
}

/** An error of the SDK as a fault; `secret`, the value of the call, is cut out of what the store said. */
export function faultOf(
  error: unknown,
  about: { operation: string; names: readonly string[]; secret?: string | undefined; kind?: FaultKind },
): StoreFault {
  const { operation, names, secret, kind = kindOf(error) } = about;
  const said = ((error ?? {}) as SdkError).message ?? '';
  const detail = secret ? said.split(secret).join('...') : said;
  return new StoreFault(kind, { operation, names, code: codeOf(error), detail });
}
