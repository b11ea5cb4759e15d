import { matchesConditions } from './condition.ts';
import { type Document, many, type AwsPrincipal, type AwsRequest, type Statement } from './document.ts';
import { fits, substituted } from './pattern.ts';

/** What AWS would answer; `denied` is by a statement that says so, `not allowed` for want of one that allows. */
export type IamDecision = 'allowed' | 'denied' | 'not allowed';

/** The documents that bear on a request, in one account. */
export interface Documents {
  /** Attached to who asks. */
  identity: readonly Document[];
  /** Attached to what is asked of: a key's, a bucket's or a queue's policy, a role's trust policy. */
  resource?: readonly Document[];
  /** The most that who asks may be allowed, if there is such a boundary. */
  boundary?: readonly Document[];
}

/** Actions that a resource's own document must allow, whatever an identity's says. */
const OWN_WORD = /^(kms:|sts:AssumeRole)/i;

/** Decides one request as AWS does within one account. */
export function evaluate({ identity, resource = [], boundary }: Documents, request: AwsRequest): IamDecision {
  const matching = (documents: readonly Document[], effect: Statement['Effect']): Statement[] =>
    documents
      .flatMap(({ Statement }) => many(Statement))
      .filter((one) => one.Effect === effect && matches(one, request));
  const denies = matching([...identity, ...resource, ...(boundary ?? [])], 'Deny');
  if (denies.some((one) => !hasPrincipal(one) || standing(one, request.principal) !== 'none'))
    return 'denied';
  const byIdentity =
    matching(identity, 'Allow').length > 0 && (!boundary || matching(boundary, 'Allow').length > 0);
  const grants = matching(resource, 'Allow').map((one) => standing(one, request.principal));
  const delegated = grants.includes('account') && byIdentity;
  const allowed = grants.includes('itself') || delegated || (byIdentity && !OWN_WORD.test(request.action));
  return allowed ? 'allowed' : 'not allowed';
}

const hasPrincipal = (one: Statement): boolean =>
  one.Principal !== undefined || one.NotPrincipal !== undefined;

/** Whether a statement speaks of this action and resource, and its conditions hold. */
function matches(one: Statement, request: AwsRequest): boolean {
  return named(one.Action, one.NotAction, (text) => fits(text.toLowerCase(), request.action.toLowerCase())) &&
    named(one.Resource, one.NotResource, (text) => {
      const pattern = substituted(text, request);
      return pattern !== undefined && fits(pattern, request.resource);
    })
    ? matchesConditions(one.Condition, request)
    : false;
}

function named(
  listed: Statement['Action'],
  excluded: Statement['NotAction'],
  match: (text: string) => boolean,
): boolean {
  if (excluded !== undefined) return !many(excluded).some(match);
  // A trust policy names no resource: it is about the role that it is attached to.
  return listed === undefined || many(listed).some(match);
}

/** How a resource's statement names who asks: itself, by its account alone, or not. */
function standing({ Principal, NotPrincipal }: Statement, who: AwsPrincipal): 'itself' | 'account' | 'none' {
  if (NotPrincipal !== undefined) return names(NotPrincipal, who) === 'none' ? 'itself' : 'none';
  return Principal === undefined ? 'none' : names(Principal, who);
}

function names(
  listed: NonNullable<Statement['Principal']>,
  who: AwsPrincipal,
): 'itself' | 'account' | 'none' {
  if (listed === '*') return 'itself';
  const ids = many(listed[who.kind]);
  if (ids.includes('*') || ids.includes(who.id)) return 'itself';
  const account =
    who.kind === 'AWS' && [who.account, `arn:aws:iam::${who.account}:root`].some((id) => ids.includes(id));
  return account ? 'account' : 'none';
}
