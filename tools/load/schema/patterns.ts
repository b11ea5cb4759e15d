/** What a pattern asks for, and how a near miss is fixed; `undefined` where it cannot be. */
interface Form {
  words: string;
  fix?: (found: string) => string | undefined;
}

/**
 * Every pattern of the files that people edit, in words, keyed by the pattern itself: a pattern that is changed or
 * added without words fails a test.
 */
export const PATTERNS: Readonly<Record<string, Form>> = {
  '^[a-z][a-z0-9-]{0,62}$': {
    words: 'an id such as web-app: at most 63 lower-case letters, digits and hyphens, the first a letter',
    fix: (found) =>
      found
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^[^a-z]+|-+$/g, '')
        .slice(0, 63),
  },
  "^([A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?|[A-Za-z0-9!#$%&'+/=^_{|}~-]+(\\.[A-Za-z0-9!#$%&'+/=^_{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)$":
    {
      words: 'an e-mail address such as alice@example.com, or a name such as ci-builds',
    },
  '^[!-~]([ -~]{0,126}[!-~])?$': { words: 'a name that is meant to exist later' },
  '^[1-9][0-9]{0,4}-[1-9][0-9]{0,4}$': { words: 'a range such as 9000-9010' },
  '^([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}$': { words: 'an IPv4 prefix such as 10.20.0.0/16' },
  '^[0-9a-fA-F:.]{2,45}(/[0-9]{1,3})?$': {
    words: 'an IPv4 or IPv6 prefix such as 203.0.113.0/24 or 2001:db8::/32',
  },
  '^[0-9a-fA-F:.]{2,45}$': { words: 'an address such as 203.0.113.7 or 2001:db8::7' },
  '^(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?Z$':
    { words: 'an instant in UTC such as 2027-12-31T00:00:00Z' },
  '^(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}$': { words: 'a date such as "2026-12-31"' },
  '^(UTC|[A-Z][A-Za-z]*(/[A-Z][A-Za-z0-9_+-]*){1,2})$': { words: 'a name such as Europe/Berlin' },
  '^((intermediate|connector)/)?[a-z][a-z0-9-]{0,62}$': {
    words: 'intermediate/<id>, connector/<id>, or the id of a ring',
  },
  '^(intermediate|connector)/[a-z][a-z0-9-]{0,62}$': { words: 'intermediate/<id> or connector/<id>' },
  '^(pcx|tgw)-[0-9a-f]{8,17}$': { words: 'an id such as pcx-0a1b2c3d or tgw-0a1b2c3d' },
  '^vpc-[0-9a-f]{8,17}$': { words: 'an id such as vpc-0a1b2c3d' },
  '^subnet-[0-9a-f]{8,17}$': { words: 'an id such as subnet-0a1b2c3d' },
  '^[0-9a-f]{64}$': {
    words: 'a SHA-256 in 64 lower-case hexadecimal digits',
    fix: (found) => found.replace(/[:\s]/g, '').toLowerCase(),
  },
  '^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:[1-9][0-9]{0,4})?$': {
    words: 'host or host:port such as web.internal:8080, an IPv6 address in brackets',
    fix: (found) =>
      found
        .trim()
        .replace(/^[a-z]+:\/\//, '')
        .replace(/\/.*$/, ''),
  },
  '^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$': {
    words: 'a ticket such as SEC-123',
    fix: (found) => found.trim().toUpperCase(),
  },
  '^([01][0-9]|2[0-3]):[0-5][0-9]$': { words: 'a time from "00:00" to "23:59"', fix: onTheClock },
  '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$': { words: 'a time from "00:00" to "24:00"', fix: onTheClock },
  '^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}$': { words: 'a GitHub organization' },
  '^[A-Za-z0-9._-]{1,100}$': { words: "a GitHub repository's name, without its organization" },
  '^[a-z]{2}(-[a-z]+)+-[0-9]$': { words: 'an AWS region such as eu-central-1' },
  '^[0-9]{12}$': { words: 'an AWS account in twelve digits, in quotes' },
  '^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$': { words: 'an availability zone such as eu-central-1a' },
  '^-----BEGIN CERTIFICATE-----\\n[A-Za-z0-9+/=\\n]+-----END CERTIFICATE-----\\n?$': {
    words: 'one certificate in PEM',
  },
  '^[a-z][a-z0-9-]*\\.[a-z0-9]+$': { words: 'an EC2 instance type such as t4g.small' },
  '^[a-z0-9]+([._/-][a-z0-9]+)*$': { words: 'an ECR repository such as ztna/app-connector' },
  '^sha256:[0-9a-f]{64}$': {
    words: 'sha256: and 64 lower-case hexadecimal digits',
    fix: (found) => `sha256:${found.replace(/^.*[@:]/, '')}`,
  },
  '^https://[a-z0-9][a-z0-9.-]{0,252}$': {
    words: 'a host after https://, in lower case and without a path, such as https://github.example.com',
  },
  '^https://': {
    words: 'an address that begins with https://',
    fix: (found) => found.replace(/^(http:\/\/)?/, 'https://'),
  },
  '^[A-Za-z0-9+/]+={0,2}$': { words: 'base64', fix: (found) => found.replace(/\s/g, '') },
};

/** Every format of those files in words. */
export const FORMATS: Readonly<Record<string, string>> = {
  ipv4: 'an IPv4 address such as 10.100.0.2',
  date: 'a date such as "2026-12-31"',
  'date-time': 'an instant that exists, such as 2027-12-31T00:00:00Z',
  hostname: 'a DNS name such as ztna.example.com',
  uri: 'an address that begins with https://',
};

/** What a near miss was meant to be, where that is plain. */
export function fixed(pattern: string, found: string): string | undefined {
  if (new RegExp(pattern).test(found)) return undefined;
  const better = PATTERNS[pattern]?.fix?.(found);
  return better !== undefined && better !== found && new RegExp(pattern).test(better) ? better : undefined;
}

/** `8:00`, `8`, `08.00` and `7pm` as wall clocks show them. */
function onTheClock(found: string): string {
  const parts = /^(\d{1,2})(?:[:.h](\d{2}))?\s*([ap])?\.?(?:m\.?)?$/i.exec(found.trim());
  if (!parts) return found.trim();
  const [, hour, minute = '00', half] = parts;
  const past = half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
  return `${String(past).padStart(2, '0')}:${minute}`;
}
