import { AlbJwtVerifier } from 'aws-jwt-verify';
import { AlbJwksCache } from 'aws-jwt-verify/alb-cache';
import { FetchError, JwtBaseError } from 'aws-jwt-verify/error';
import type { Proposer } from '../../../tools/propose/proposal.ts';
import { RequestFault } from '../problems.ts';
import type { PanelPerson } from '../../../tools/contract/shapes.ts';

/** Who somebody says they are, and what proves it. */
export interface Claim {
  /** A principal's name, as groups have it. */
  principal: string;
  by: Proposer;
  signIn: PanelPerson['signIn'];
  /** False where nothing can be proposed, whoever asks. */
  proposes?: false;
}

/** Why nobody is signed in. */
export interface NoClaim {
  refused: string;
}

/** What of a request says who asks. */
export interface Credentials {
  /** The address of the other end of the connection. */
  peer: string | undefined;
  header: (name: string) => string | undefined;
}

/** Tells who asks. */
export type SignIn = (credentials: Credentials) => Promise<Claim | NoClaim>;

/** The header in which a load balancer says who signed in (Elastic Load Balancing, Authenticate users). */
const ALB_HEADER = 'x-amzn-oidc-data';

/** On one's own machine: whoever uses it, by the loopback interface alone. */
export function loopbackSignIn(by: Proposer): SignIn {
  return async ({ peer }) =>
    isLoopback(peer)
      ? { principal: by.email, by, signIn: 'loopback' }
      : { refused: 'without sign-in this is for the loopback interface alone' };
}

/**
 * In a container, whose port its machine publishes on the loopback interface: whoever uses that machine, to look only. What
 * comes in by such a port comes from the machine's own address on the container's network; what other containers send does
 * not, nor what comes from elsewhere where somebody publishes the port more widely.
 * @param machine that address
 */
export function machineSignIn(machine: string): SignIn {
  const by = { name: 'you', email: 'you@localhost' };
  return async ({ peer }) =>
    isLoopback(peer) || peer?.replace(/^::ffff:/, '') === machine
      ? { principal: by.email, by, signIn: 'loopback', proposes: false }
      : {
          refused: `without sign-in this is for the machine alone that runs it, ${machine} on this network, not for ${peer ?? 'nobody'}`,
        };
}

function isLoopback(peer: string | undefined): boolean {
  return peer !== undefined && /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/.test(peer);
}

/** What the header of a load balancer must say. */
export interface AlbOptions {
  /** The load balancer's ARN. */
  albArn: string;
  issuer: string;
  clientId: string;
  /** What keeps and fetches its keys; default: from the region's own endpoint. */
  keys?: AlbJwksCache;
}

/** Behind a load balancer that signs people in: signature, signer, issuer, client and expiry are verified. */
export function albSignIn({ albArn, issuer, clientId, keys = new AlbJwksCache() }: AlbOptions): SignIn {
  const verifier = AlbJwtVerifier.create({ albArn, issuer, clientId }, { jwksCache: keys });
  return async ({ header }) => {
    const token = header(ALB_HEADER);
    if (token === undefined) return { refused: 'nobody is signed in: the load balancer says nothing' };
    try {
      return claimOf(await verifier.verify(token));
    } catch (error) {
      // Not to reach the keys says nothing of the token.
      if (error instanceof FetchError)
        throw new RequestFault(
          503,
          `the load balancer's keys cannot be read: ${error.message}`,
          'try again in a moment',
        );
      if (error instanceof JwtBaseError) return { refused: `the sign-in is not valid: ${error.message}` };
      throw error;
    }
  };
}

/** An address counts where the provider does not say that it is unverified; else the subject does. */
function claimOf({ sub, email, name, email_verified: verified }: Record<string, unknown>): Claim {
  const address = typeof email === 'string' && verified !== false && verified !== 'false' ? email : undefined;
  const principal = address ?? String(sub);
  return {
    principal,
    by: {
      name: typeof name === 'string' ? name : principal,
      email: address ?? `${principal}@users.invalid`,
    },
    signIn: 'load-balancer',
  };
}
