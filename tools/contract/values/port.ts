import { checked, isRead, WRONG_FORM, type Reading } from './reading.ts';

/** The last port there is. */
const LAST = 65535;

/** Reads a port in digits: `443`; no zeros before it, no signs, no spaces. */
export function readPort(text: string): Reading<number> {
  if (!/^[0-9]{1,5}$/.test(text)) return WRONG_FORM;
  const port = Number(text);
  if (port < 1 || port > LAST) return WRONG_FORM;
  return String(port) === text ? { value: port } : { ...WRONG_FORM, fix: String(port) };
}

/** Reads an inclusive range such as `9000-9010`, which runs upwards and ends by 65535. */
export function readPortRange(text: string): Reading<[first: number, last: number]> {
  const ends = /^([1-9][0-9]{0,4})-([1-9][0-9]{0,4})$/.exec(text)?.slice(1).map(Number);
  if (!ends) return withFix(text);
  const [first, last] = ends as [number, number];
  if (Math.max(first, last) > LAST) return { reason: `ends beyond ${LAST}, the last port` };
  if (last < first) return { reason: 'runs backwards', fix: `${last}-${first}` };
  return { value: [first, last] };
}

function withFix(text: string): Reading<[number, number]> {
  const better = text.replace(/\s+/g, '').replace(/[:–—]|\.\.+/, '-');
  const isFix = better !== text && isRead(readPortRange(better));
  return isFix ? { ...WRONG_FORM, fix: better } : WRONG_FORM;
}

/** The first and last port of `8080` or `"9000-9010"`, checked when it came in. @throws RangeError for anything else */
export function portRange(port: number | string): [first: number, last: number] {
  return typeof port === 'number' ? [port, port] : checked(port, readPortRange(port));
}
