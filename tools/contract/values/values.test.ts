import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { readAddress, readIpv4, readIpv4Prefix, readPrefix } from './address.ts';
import { instantText, parseInstant, readDate, readInstant } from './instant.ts';
import { readPort, readPortRange } from './port.ts';
import { readPrincipal } from './principal.ts';
import { isRead, type Reading } from './reading.ts';
import { readTimeZone } from './time-zone-name.ts';

const test = suite('contract: one reader for each kind of value');

/** What each text is read as, or the text that is offered in its place; `-` where none can be. */
type Table = Readonly<Record<string, unknown>>;

/** A text that was refused, with the one that is offered. */
const refused = (fix?: string) => ({ fix });

function asTable<T>(read: (text: string) => Reading<T>, table: Table): void {
  for (const [text, wanted] of Object.entries(table)) {
    const reading = read(text);
    const found = isRead(reading) ? reading.value : refused(reading.fix);
    assert.equal(found, wanted, `${JSON.stringify(text)} ${isRead(reading) ? '' : reading.reason}`);
    if (isRead(reading)) continue;
    assert.ok(reading.reason.length > 5, text);
    if (reading.fix !== undefined) assert.ok(isRead(read(reading.fix)), `${reading.fix} for ${text}`);
  }
}

test('instants', () => {
  asTable(readInstant, {
    '2026-12-31T23:59:59Z': Date.UTC(2026, 11, 31, 23, 59, 59),
    '2026-12-31T23:59:59.5Z': Date.UTC(2026, 11, 31, 23, 59, 59, 500),
    '2026-12-31T23:59:59.07Z': Date.UTC(2026, 11, 31, 23, 59, 59, 70),
    '2028-02-29T00:00:00Z': Date.UTC(2028, 1, 29),
    '1970-01-01T00:00:00Z': 0,
    '9999-12-31T23:59:59.999Z': 253402300799999,
    '2026-12-31T23:59:60Z': refused('2027-01-01T00:00:00Z'),
    '2026-06-30T23:59:60.5Z': refused('2026-07-01T00:00:00.500Z'),
    '2026-12-31T12:30:60Z': refused('2026-12-31T12:31:00Z'),
    '2026-12-31T24:00:00Z': refused('2027-01-01T00:00:00Z'),
    '2026-12-31T24:00:01Z': refused(),
    '2026-12-31T25:00:00Z': refused(),
    '2026-12-31T23:60:00Z': refused(),
    '2026-12-31T23:59:61Z': refused(),
    '2026-02-30T00:00:00Z': refused(),
    '2026-02-29T00:00:00Z': refused(),
    '2026-13-01T00:00:00Z': refused(),
    '2026-00-10T00:00:00Z': refused(),
    '2026-06-01t12:00:00Z': refused('2026-06-01T12:00:00Z'),
    '2026-06-01T12:00:00z': refused('2026-06-01T12:00:00Z'),
    '2026-06-01 12:00:00Z': refused('2026-06-01T12:00:00Z'),
    '2026-06-01T12:00Z': refused('2026-06-01T12:00:00Z'),
    '2026-06-01T12:00:00+02:00': refused('2026-06-01T10:00:00Z'),
    '2026-06-01T12:00:00-0530': refused('2026-06-01T17:30:00Z'),
    '2026-06-01T12:00:00': refused('2026-06-01T12:00:00Z'),
    '2026-06-01 12:00': refused('2026-06-01T12:00:00Z'),
    '2026-06-01T12:00:00.1234Z': refused('2026-06-01T12:00:00.123Z'),
    '2026-06-01': refused('2026-06-01T00:00:00Z'),
    '1969-12-31T23:59:59Z': refused(),
    '0999-01-01T00:00:00Z': refused(),
    '10000-01-01T00:00:00Z': refused(),
    '+010000-01-01T00:00:00Z': refused(),
    '-000001-01-01T00:00:00Z': refused(),
    '9999-12-31T23:59:60Z': refused(),
    ' 2026-06-01T12:00:00Z': refused(),
    '2026-06-01T12:00:00Z\n': refused(),
    '٢٠٢٦-06-01T12:00:00Z': refused(),
    'Mon, 01 Jun 2026 12:00:00 GMT': refused(),
    '1780315200000': refused(),
    '': refused(),
  });
});

test('an instant that was not checked never becomes a number, and none is written with five digits of a year', () => {
  assert.throws(() => parseInstant('2026-12-31T23:59:60Z'), /leap second/);
  assert.is(instantText(Date.UTC(10001, 0, 1)), '9999-12-31T23:59:59.999Z');
  for (const text of ['2026-06-01T12:00:00Z', '1970-01-01T00:00:00.001Z'])
    assert.is(instantText(parseInstant(text)), text);
});

test('days', () =>
  asTable(readDate, {
    '2026-12-31': Date.UTC(2026, 11, 31),
    '2028-02-29': Date.UTC(2028, 1, 29),
    '2026-02-30': refused(),
    '2026-12-31T00:00:00Z': refused('2026-12-31'),
    ' 2026-12-31': refused('2026-12-31'),
    '1969-12-31': refused(),
    '2026-1-1': refused(),
    '31.12.2026': refused(),
  }));

test('time zones', () =>
  asTable(readTimeZone, {
    UTC: 'UTC',
    'Europe/Berlin': 'Europe/Berlin',
    'Asia/Kolkata': 'Asia/Kolkata',
    'US/Eastern': 'US/Eastern',
    'Etc/GMT-2': 'Etc/GMT-2',
    'America/Argentina/Buenos_Aires': 'America/Argentina/Buenos_Aires',
    'America/Port-au-Prince': 'America/Port-au-Prince',
    'europe/berlin': refused('Europe/Berlin'),
    'Europe/BERLIN': refused('Europe/Berlin'),
    utc: refused('UTC'),
    'Europe/Berln': refused(),
    'SystemV/PST8PDT': refused(),
    PST: refused(),
    IST: refused(),
    CET: refused(),
    EST: refused(),
    EST5EDT: refused(),
    '+02:00': refused('Etc/GMT-2'),
    'UTC+2': refused('Etc/GMT-2'),
    'GMT-05:00': refused('Etc/GMT+5'),
    'UTC+5:30': refused(),
    'UTC+15': refused(),
    GMT: refused('UTC'),
    Z: refused('UTC'),
    Berlin: refused('Europe/Berlin'),
    'new york': refused('America/New_York'),
    'America/New York': refused('America/New_York'),
    'Etc/Unknown': refused(),
    ' UTC': refused('UTC'),
    '': refused(),
  }));

test('source addresses', () =>
  asTable(readAddress, {
    '203.0.113.7': { family: 4, value: 3405803783 },
    '::ffff:203.0.113.7': { family: 4, value: 3405803783 },
    '::FFFF:cb00:7107': { family: 4, value: 3405803783 },
    '2001:DB8::7': { family: 6, value: 0x20010db8000000000000000000000007n },
    '::': { family: 6, value: 0n },
    'fe80::1%eth0': refused('fe80::1'),
    '[2001:db8::7]': refused('2001:db8::7'),
    ' 203.0.113.7': refused('203.0.113.7'),
    '203.0.113.07': refused(),
    '0203.0.113.7': refused(),
    '203.0.113': refused(),
    '203.0.113.256': refused(),
    '3405803783': refused(),
    '0xcb007107': refused(),
    '203.0.113.7/32': refused('203.0.113.7'),
    '1:2:3:4:5:6:7': refused(),
    '1::2::3': refused(),
    '12345::': refused(),
    '': refused(),
  }));

test('prefixes', () => {
  const v4 = (begin: number, end: number) => ({ family: 4, begin, end, hostBits: false });
  const read = (text: string): Reading<unknown> => readPrefix(text);
  asTable(read, {
    '203.0.113.0/24': v4(3405803776, 3405804032),
    '203.0.113.7': v4(3405803783, 3405803784),
    '::ffff:203.0.113.0/120': v4(3405803776, 3405804032),
    '0.0.0.0/0': v4(0, 2 ** 32),
    '::/0': { family: 6, begin: 0n, end: 1n << 128n, hostBits: false },
    '203.0.113.7/24': refused('203.0.113.0/24'),
    '2001:db8::1/32': refused('2001:db8::/32'),
    '::ffff:203.0.113.7/120': refused('203.0.113.0/24'),
    '203.0.113.0/024': refused(),
    '203.0.113.0/33': refused(),
    '203.0.113.0/': refused(),
    '2001:db8::/129': refused(),
    '010.0.0.0/8': refused(),
    'fe80::%eth0/64': refused('fe80::/64'),
  });
  asTable((text: string): Reading<unknown> => readIpv4Prefix(text), {
    '10.20.0.0/16': v4(0x0a140000, 0x0a150000),
    '10.20.0.0': refused(),
    '2001:db8::/32': refused(),
    '10.20.0.1/16': refused('10.20.0.0/16'),
  });
  asTable(readIpv4, { '10.100.0.2': 0x0a640002, '10.100.0.02': refused(), '::1': refused() });
});

test('ports', () => {
  asTable(readPort, {
    '1': 1,
    '65535': 65535,
    '0': refused(),
    '065': refused('65'),
    '65536': refused(),
    '1_000': refused(),
    '+443': refused(),
    '443.0': refused(),
    '4e2': refused(),
    '': refused(),
  });
  asTable(readPortRange, {
    '9000-9010': [9000, 9010],
    '443-443': [443, 443],
    '9010-9000': refused('9000-9010'),
    '65535-65536': refused(),
    '0-10': refused(),
    '9000 - 9010': refused('9000-9010'),
    '9000:9010': refused('9000-9010'),
    '443': refused(),
  });
});

test('principals', () =>
  asTable(readPrincipal, {
    'Alice@Example.com': 'alice@example.com',
    'a.b+c_d@eu.example.net': 'a.b+c_d@eu.example.net',
    'ci-builds': 'ci-builds',
    'Robot_1.x': 'robot_1.x',
    a: 'a',
    [`a${'-'.repeat(126)}a`]: `a${'-'.repeat(126)}a`,
    [`a${'-'.repeat(127)}a`]: refused(),
    [`${'a'.repeat(117)}@example.com`]: refused(),
    '*@eu.example.net': refused(),
    '*': refused(),
    '@x': refused(),
    '@': refused(),
    'group:sre': refused(),
    'alice@example.com.': refused('alice@example.com'),
    'alice@example..com': refused(),
    '.alice@example.com': refused(),
    'alice@@example.com': refused(),
    'alice@-example.com': refused(),
    '-ci': refused(),
    'ci.': refused('ci'),
    'alice smith': refused(),
    ' alice@example.com': refused('alice@example.com'),
    'jürgen@example.com': refused(),
    'CN=alice': refused(),
    '': refused(),
  }));

test.run();
