import { X509Certificate } from 'node:crypto';
import { Fault } from '../contract/fault.ts';

/** An attribute of the device in the list of alternative names, as Node writes it; `subject.ts` writes them into certificates. */
const DEVICE = /^URI:ztna:device:([A-Za-z]+)=([A-Za-z0-9-]+)$/;

/** What a certificate says of its device. An attribute that is stated twice is unknown, as the intermediate server has it. */
export function deviceIn(pem: string): Map<string, string> {
  const names = (read(pem).subjectAltName ?? '').split(', ').map((name) => DEVICE.exec(name));
  const pairs = names.flatMap((found) => (found ? [[found[1]!, found[2]!] as const] : []));
  const isRepeated = (name: string): boolean => pairs.filter(([one]) => one === name).length > 1;
  return new Map(pairs.filter(([name]) => !isRepeated(name)));
}

function read(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Fault(
      'this is no certificate in PEM',
      'give the certificate chain, then its key, as `ztna certs` writes them',
    );
  }
}
