/** What people write for a value of a closed list, in lower case without blanks, and the value. */
const VALUES: Readonly<Record<string, string>> = {
  ...same('allow', 'permit permitted allowed grant granted accept pass'),
  ...same('deny', 'denied block blocked reject refuse forbid forbidden drop prohibit disallow'),
  ...same('tcp', 'http https ssh tls'),
  ...same('udp', 'quic http3'),
  ...same('macos', 'mac osx macosx darwin'),
  ...same('windows', 'win win10 win11 windows10 windows11'),
  ...same('ios', 'iphone iphoneos'),
  ...same('chromeos', 'chromebook'),
  ...same('external', 'kubernetes k8s onprem on-prem on-premises'),
  ...same('fargate', 'ecs awsfargate'),
  ...same('mon', 'monday'),
  ...same('tue', 'tuesday tues'),
  ...same('wed', 'wednesday weds'),
  ...same('thu', 'thursday thur thurs'),
  ...same('fri', 'friday'),
  ...same('sat', 'saturday'),
  ...same('sun', 'sunday'),
};

/** What people call a key, in lower case without `_` and `-`, by the key that may be meant. */
const KEYS: readonly (readonly [key: string, words: string])[] = [
  ['principals', 'users user principal people person emails email subjects identities'],
  ['members', 'users user people principals'],
  ['groups', 'group teams roles'],
  ['services', 'service apps applications resources'],
  ['owner', 'team owners ownedby'],
  ['effect', 'action decision verdict'],
  ['who', 'subject subjects source sources'],
  ['what', 'target targets destination destinations resource resources'],
  ['when', 'conditions condition'],
  ['ports', 'port'],
  ['protocol', 'proto transport'],
  ['virtualIp', 'ip address vip'],
  ['id', 'name'],
  ['description', 'desc summary'],
  ['environments', 'environment env envs'],
  ['expires', 'expiry expiration expiresat until end validuntil'],
  ['start', 'begin begins validfrom since'],
  ['from', 'begin start sourceip sourceips sources cidr cidrs networks'],
  ['to', 'until end'],
  ['days', 'weekdays day'],
  ['timezone', 'tz zone'],
  ['hours', 'time times schedule'],
  ['device', 'devices'],
  ['os', 'platform platforms operatingsystem'],
  ['backend', 'target url upstream host'],
  ['reaches', 'allowed allow'],
  ['denied', 'deny'],
];

/** The value of a closed list that a word means: in other letters, or in another word. */
export function valueMeant(word: string, values: readonly string[]): string | undefined {
  const bare = word.trim().toLowerCase().replace(/\s+/g, '');
  return values.find((one) => one.toLowerCase() === bare) ?? values.find((one) => one === VALUES[bare]);
}

/** The key that a word means, of those that may be there: in other letters, or in another word. */
export function keyMeant(word: string, free: readonly string[]): string | undefined {
  const bare = plainKey(word);
  return (
    free.find((one) => plainKey(one) === bare) ??
    KEYS.find(([key, words]) => free.includes(key) && words.split(' ').includes(bare))?.[0]
  );
}

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The days of `mon-fri`, `Monday to Friday`, `weekdays` or `daily`, in order; undefined for anything else. */
export function daysMeant(word: string): string[] | undefined {
  const bare = word.trim().toLowerCase();
  if (/^(weekdays?|working ?days?|workdays?)$/.test(bare)) return WEEK.slice(0, 5);
  if (/^weekends?$/.test(bare)) return WEEK.slice(5);
  if (/^(daily|all|every ?day)$/.test(bare)) return [...WEEK];
  const [first, last, ...rest] = bare.split(/\s*(?:-|–|—|\.\.+|\bto\b|\bthrough\b)\s*/);
  const [from, to] = [first, last].map((one) => WEEK.indexOf(valueMeant(one ?? '', WEEK) ?? '')) as [
    number,
    number,
  ];
  if (rest.length > 0 || from < 0 || to < 0) return undefined;
  const days = WEEK.map((_, index) => WEEK[(from + index) % 7]!);
  return days.slice(0, ((to - from + 7) % 7) + 1);
}

function plainKey(word: string): string {
  return word.toLowerCase().replace(/[_\-\s]/g, '');
}

function same(value: string, words: string): Record<string, string> {
  return Object.fromEntries(words.split(' ').map((word) => [word, value]));
}
