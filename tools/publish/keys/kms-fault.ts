import { Fault } from '../../contract/fault.ts';
import { codeOf, type FaultKind, kindOf } from '../../store/fault.ts';

/** What a call of KMS was about: a key, in a region. */
export interface KmsCall {
  /** As KMS names it; an IAM policy allows it as `kms:<operation>`. */
  operation: 'GetPublicKey' | 'Sign';
  /** An id, ARN or alias. */
  keyId: string;
  region: string;
}

/** What is wrong, and what to do about it. */
type Words = readonly [what: string, remedy: string];

/** What KMS says of a key (AWS KMS API reference, errors of `GetPublicKey` and `Sign`). */
const OF_KEY: Readonly<Record<string, Words>> = {
  NotFoundException: ['there is none', 'look at its name and its region; an alias begins with alias/'],
  InvalidArnException: ['this is no ARN of a key', 'name a key id, an alias such as alias/name, or an ARN'],
  DisabledException: ['it is disabled', 'enable it, or sign with another key that followers trust'],
  KMSInvalidStateException: [
    'it cannot be used in its present state, such as while it waits for its deletion',
    'cancel the deletion at once if it was a mistake, or sign with another key that followers trust',
  ],
  InvalidKeyUsageException: ['it is not for signing', 'use one for SIGN_VERIFY'],
  UnsupportedOperationException: ['it is a key of another kind', 'use an asymmetric one for SIGN_VERIFY'],
};

const OF_KIND: Readonly<Record<FaultKind, Words>> = {
  busy: ['KMS throttles and did so for a while', 'others use the same quota: repeat in a minute'],
  broken: ['KMS failed', 'nothing is wrong here: repeat later'],
  unreachable: ['KMS cannot be reached', 'check the network, the region and the endpoint, then repeat'],
  denied: ['KMS does not let us', 'check the credentials, their role and the policy of the key'],
  full: ['a quota of KMS is used up', 'ask for a higher one'],
  refused: ['KMS refuses the request', 'look at the key and its region'],
  aborted: ['interrupted', 'repeat the command: nothing was signed'],
};

/** A call that KMS did not carry out, in words. @param kind what is known of it; default: what the error says */
export function kmsFault(
  error: unknown,
  { operation, keyId, region }: KmsCall,
  kind: FaultKind = kindOf(error),
): Fault {
  const code = codeOf(error);
  const [what, remedy] = (kind === 'refused' && OF_KEY[code]) || OF_KIND[kind];
  const said = (error as Error | undefined)?.message ?? '';
  const detail = [code, said === code || said === 'UnknownError' ? '' : said].filter(Boolean).join(': ');
  return new Fault(
    operation === 'Sign'
      ? `nothing is signed with the KMS key ${keyId} in ${region}`
      : `the KMS key ${keyId} in ${region} is not known`,
    kind === 'denied' ? `${remedy} (kms:${operation})` : remedy,
    { why: `${what} (${detail})`, interrupted: kind === 'aborted' },
  );
}
