import type { Environment } from '../../contract/shapes.ts';
import { kept } from '../../contract/memo.ts';
import { targetOf } from '../common/backend.ts';
import { certificateUrls } from '../common/certificate-urls.ts';
import { registrationsOf } from '../each.ts';
import { warning, type Rule } from '../rule.ts';

export const lifelines: Rule = {
  id: 'lifelines',
  says: 'Ensure that what repairs the tunnel is not reached through the tunnel: GitHub, who signs people in, and the CA.',
  why: 'When the tunnel is down, nobody can merge what repairs it, sign in to see what is wrong, or be given a certificate.',
  *check(repository) {
    for (const { environment, file, registration, path } of registrationsOf(repository)) {
      const { host } = targetOf(registration.backend);
      const what = lifelineOf(host, environment.value);
      if (!what) continue;
      yield warning(lifelines.id, file, [...path, 'backend'], {
        message: `backend ${registration.backend} is ${what}, which is needed when the tunnel is down`,
        expected: 'a way to it beside the tunnel, for those on call',
        remedy: 'take it out of the services, or see to another way: npx ztna drill github-away',
      });
    }
  },
};

/** What of a company's way back a host is; undefined for any other. */
function lifelineOf(
  host: string,
  { adminPanel, clientCas, serverCas = [] }: Environment,
): string | undefined {
  if (isGithub(host)) return 'GitHub';
  if (adminPanel && hostIn(adminPanel.signIn.issuer) === host)
    return 'where people sign in to the admin panel';
  const ca = [...clientCas, ...serverCas].find(({ certificate }) => hostsOf(certificate).includes(host));
  return ca && `where CA \`${ca.id}\` answers`;
}

/** GitHub's own names, those of tenants with data of their own, and what companies call a GitHub Enterprise Server. */
function isGithub(host: string): boolean {
  return /^((.+\.)?(github|githubusercontent|ghe)\.com|(github|ghe)\..+)$/.test(host);
}

/** The hosts at which a CA says of itself that it answers, and those of its revocation lists. */
const hostsOf = kept((pem): readonly string[] => {
  try {
    return certificateUrls(pem).flatMap((url) => hostIn(url) ?? []);
  } catch {
    // What cannot be read is another rule's to say.
    return [];
  }
});

/** The host in a URL, as `targetOf` has hosts. */
function hostIn(url: string): string | undefined {
  return URL.canParse(url) ? targetOf(new URL(url).hostname).host : undefined;
}
