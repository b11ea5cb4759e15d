/** What text that matches a pattern is called: one of it, and many. Shared forms have their own definition instead. */
const PATTERNS: readonly (readonly [pattern: string, one: string, many?: string])[] = [
  ['^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$', 'name of at most 63 letters, digits and `_` `.` `-`'],
  ['^(index|intermediate|connector/[a-z][a-z0-9-]{0,62})$', '`index`, `intermediate` or `connector/<id>`'],
  [
    '^((intermediate|connector)/)?[a-z][a-z0-9-]{0,62}$',
    "ring's id or component",
    "rings' ids or components",
  ],
  ['^[1-9][0-9]{0,4}-[1-9][0-9]{0,4}$', 'range such as `9000-9010`', 'ranges such as `9000-9010`'],
  ['^[!-~]([ -~]{0,126}[!-~])?$', 'name', 'names'],
  ['^[0-9]{12}$', 'text of twelve digits'],
  ['^[a-z]{2}(-[a-z]+)+-[0-9]$', 'AWS region such as `eu-central-1`'],
  ['^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$', 'availability zone such as `eu-central-1a`'],
  ['^([0-9a-f]{40}|[0-9a-f]{64})(-dirty)?$', 'git commit id, perhaps with `-dirty`'],
  ['^[A-Za-z0-9+/]+={0,2}$', 'base64'],
  [
    '^-----BEGIN CERTIFICATE-----\\n[A-Za-z0-9+/=\\n]+-----END CERTIFICATE-----\\n?$',
    'one certificate in PEM',
  ],
  ['^(pcx|tgw)-[0-9a-f]{8,17}$', 'id such as `pcx-0a1b2c3d` or `tgw-0a1b2c3d`'],
  ['^vpc-[0-9a-f]{8,17}$', 'id such as `vpc-0a1b2c3d`'],
  ['^subnet-[0-9a-f]{8,17}$', 'id such as `subnet-0a1b2c3d`'],
  ['^[a-z][a-z0-9-]*\\.[a-z0-9]+$', 'EC2 instance type such as `t4g.small`'],
  ['^[a-z0-9]+([._/-][a-z0-9]+)*$', 'lower-case words with `.` `_` `/` `-` between them'],
  ['^sha256:[0-9a-f]{64}$', '`sha256:` and 64 lower-case hexadecimal digits'],
  ['^[0-9a-f]{64}$', '64 lower-case hexadecimal digits'],
  ['^https://', 'address that begins with `https://`'],
  ['^https://[a-z0-9][a-z0-9.-]{0,252}$', 'host after `https://`, without a path'],
  ['^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}$', 'GitHub name'],
  ['^[A-Za-z0-9._-]{1,100}$', "GitHub repository's name"],
  ['^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$', 'ticket such as `SEC-123`'],
  ['^([01][0-9]|2[0-3]):[0-5][0-9]$', 'time from `"00:00"` to `"23:59"`, in quotes'],
  ['^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', 'time from `"00:00"` to `"24:00"`, in quotes'],
];

const FORMATS: Readonly<Record<string, string>> = {
  date: 'date such as `"2026-12-31"`, in quotes',
  'date-time': 'instant such as `2026-12-31T00:00:00Z`',
  hostname: 'DNS name',
  ipv4: 'IPv4 address',
  uri: 'web address',
};

/**
 * The form of a text in words.
 * @throws Error for a pattern or format that nobody has put into words yet
 */
export function formInWords(
  { pattern, format }: { pattern?: string; format?: string },
  many: boolean,
): string {
  const known = PATTERNS.find(([one]) => one === pattern);
  if (known) return (many && known[2]) || known[1];
  if (pattern === undefined && FORMATS[format!]) return FORMATS[format!]!;
  const what = pattern === undefined ? `format ${format}` : `pattern ${pattern}`;
  throw new Error(`no words for the ${what}: add them to tools/dev/generate/reference/patterns.ts`);
}
