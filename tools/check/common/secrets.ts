/** What secrets look like: what each is, and how it is told from other text. */
const KINDS = [
  [
    'a private key',
    /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[^-]+-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?/,
  ],
  ['an AWS access key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/],
  ['a Slack token', /\bxox[a-z]-[A-Za-z0-9-]{10,}/],
  ['a Slack webhook', /\bhooks\.slack\.com\/services\/[A-Za-z0-9/]{20,}/],
  ['a Google API key', /\bAIza[A-Za-z0-9_-]{35}/],
  ['a Stripe key', /\b[rs]k_live_[A-Za-z0-9]{16,}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/],
] as const;

/** All of them at once, so that text without a secret is read once. */
const ANY = new RegExp(KINDS.map(([, { source }]) => source).join('|'), 'g');

/** Which kind of secret a text holds; undefined for none. */
export function secretIn(text: string): string | undefined {
  if (text.search(ANY) < 0) return undefined;
  return KINDS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** The text with every secret in it blotted out, each character of it, lines staying where they are. */
export function blot(text: string): string {
  return text.replace(ANY, (secret) => secret.replace(/[^\n]/g, '*'));
}
