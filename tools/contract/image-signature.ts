/** Who signs images: a workflow of a repository, by a token of its GitHub, and no key is kept. */
export interface ImageSigner {
  /** The workflow on the branch, as the certificate of a signature says it. */
  identity: string;
  /** Who issued the token. */
  issuer: string;
}

/** GitHub's own, which everybody has who does not name another. */
export const GITHUB = 'https://github.com';

/** The workflow that builds and signs, and the branch that it must have been on. */
const SIGNED_BY = '.github/workflows/images.yml@refs/heads/main';

/**
 * Who issues the tokens of a GitHub's jobs: github.com and an enterprise with data residency (`https://<name>.ghe.com`) have a
 * host for it, a server of one's own a path. `terraform/stacks/account` says the same.
 * (docs.github.com, "OpenID Connect reference" of each product.)
 */
export function tokenIssuer(server: string): string {
  const host = server.replace('https://', '');
  if (host === 'github.com') return 'https://token.actions.githubusercontent.com';
  return host.endsWith('.ghe.com') ? `https://token.actions.${host}` : `${server}/_services/token`;
}

/** Who signs the images of a repository. @param repository `<owner>/<name>` */
export function signerOf(repository: string, server: string = GITHUB): ImageSigner {
  return { identity: `${server}/${repository}/${SIGNED_BY}`, issuer: tokenIssuer(server) };
}

/** What verifies that they signed an image. @param image `<registry>/<name>@sha256:...` */
export function verifyWords(image: string, { identity, issuer }: ImageSigner): string[] {
  return [
    ...['cosign', 'verify', '--certificate-identity', identity, '--certificate-oidc-issuer', issuer],
    image,
  ];
}
