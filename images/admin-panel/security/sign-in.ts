import { AlbJwtVerifier } from 'aws-jwt-verify';
import { JwtBaseError } from 'aws-jwt-verify/error';
import type { Person } from '../../../tools/propose/proposal.ts';
import type { PanelPerson } from '../../../tools/contract/shapes.ts';

/** Who somebody says they are, and what proves it. */
export interface Claim {
  /** A principal's name, as groups have it. */
  principal: string;
  by: Person;
  signIn: PanelPerson['signIn'];
}

/** Why nobody is signed in. */
export interface Refusal {
  refused: string;
}

/** What of a request says who asks. */
export interface Credentials {
  /** The address of the other end of the connection. */
  peer: string | undefined;
  header: (name: string) => string | undefined;
}

/** Tells who asks. */
export type SignIn = (credentials: Credentials) => Promise<Claim | Refusal>;

/** The header in which a load balancer says who signed in (Elastic Load Balancing, Authenticate users). */
const ALB_HEADER = 'x-amzn-oidc-data';

/** On one's own machine: whoever uses it, by the loopback interface alone. */
export function loopbackSignIn(by: Person): SignIn {
  return async ({ peer }) =>
    isLoopback(peer)
      ? { principal: by.email, by, signIn: 'loopback' }
      : { refused: 'without sign-in this is for the loopback interface alone' };
}

function isLoopback(peer: string | undefined): boolean {
  return peer !== undefined && /^(::ffff:)?127\.|^::1$/.test(peer);
}

/** What the header of a load balancer must say. */
export interface AlbOptions {
  /** The load balancer's ARN. */
  albArn: string;
  issuer: string;
  clientId: string;
  /** Where its keys are, for tests; default: the region's own endpoint. */
  verifier?: AlbVerifier;
}

/** Verifies signature, signer, issuer, client and expiry. */
export interface AlbVerifier {
  verify(token: string): Promise<{ sub: string; [claim: string]: unknown }>;
}

/** Behind a load balancer that signs people in. */
export function albSignIn({ albArn, issuer, clientId, verifier }: AlbOptions): SignIn {
  const verify: AlbVerifier =
    verifier ?? (AlbJwtVerifier.create({ albArn, issuer, clientId }) as unknown as AlbVerifier);
  return async ({ header }) => {
    const token = header(ALB_HEADER);
    if (token === undefined) return { refused: 'nobody is signed in: the load balancer says nothing' };
    try {
      return claimOf(await verify.verify(token));
    } catch (error) {
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
