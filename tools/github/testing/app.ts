import { randomBytes, verify, type KeyObject } from 'node:crypto';
import { HttpError } from './http-error.ts';
import type { HandlerInput, Output } from './handlers.ts';
import type { GithubState } from './state.ts';

/** An app that is installed in the repository, and the tokens that it was given. */
export interface AppState {
  clientId: string;
  publicKey: KeyObject;
  installation: number;
  /** What the app itself may do. */
  permissions: Record<string, string>;
  /** By token: what it may do. */
  tokens: Map<string, Record<string, string>>;
}

/** Operations that an app asks for as itself, by a token that it signs. */
export const AS_APP: readonly string[] = [
  'apps/get-repo-installation',
  'apps/create-installation-access-token',
];

/** Whether a header is what the app signed for this moment (GitHub, Generating a JSON Web Token for a GitHub App). */
export function isSignedByApp({ app }: GithubState, authorization: string | undefined): boolean {
  const [, head, body, signature] = /^bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '') ?? [];
  if (!app || !head || !body || !signature) return false;
  const { alg } = jsonOf(head);
  const { iss, iat, exp } = jsonOf(body);
  const now = Date.now() / 1000;
  const signed = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    app.publicKey,
    Buffer.from(signature, 'base64url'),
  );
  return (
    alg === 'RS256' &&
    signed &&
    iss === app.clientId &&
    Number(iat) <= now &&
    Number(exp) > now &&
    Number(exp) <= now + 600
  );
}

const jsonOf = (text: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(text, 'base64url').toString());

/** Whether a token of the app may do something, such as `contents=write`; any of its tokens may what needs nothing. */
export function mayAppToken(
  { app }: GithubState,
  token: string,
  permission: string | undefined,
): boolean | undefined {
  const permissions = app?.tokens.get(token);
  if (!permissions) return undefined;
  const [what = '', how] = (permission ?? '').split('=');
  return permission === undefined || permissions[what] === 'write' || permissions[what] === how;
}

type Handler = (state: GithubState, input: HandlerInput) => Output;

export const APPS: Readonly<Record<string, Handler>> = {
  'apps/get-repo-installation': ({ app }) => ({ status: 200, value: { id: app!.installation } }),
  'apps/create-installation-access-token': ({ app, repo }, { path, body }) => {
    if (Number(path['installation_id']) !== app!.installation) throw new HttpError(404, 'Not Found');
    const { repositories = [repo], permissions = app!.permissions } = (body ?? {}) as {
      repositories?: string[];
      permissions?: Record<string, string>;
    };
    const more = Object.keys(permissions).some((name) => app!.permissions[name] === undefined);
    if (more || repositories.some((one) => one !== repo))
      throw new HttpError(422, 'The permissions requested are not granted to this installation.');
    const token = `ghs_${randomBytes(18).toString('base64url')}`;
    app!.tokens.set(token, { metadata: 'read', ...permissions });
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    return { status: 201, value: { token, expires_at, permissions: app!.tokens.get(token) } };
  },
};
