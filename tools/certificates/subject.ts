import { isIP } from 'node:net';
import { Fault } from '../contract/fault.ts';
import { readPrincipal } from '../contract/values/principal.ts';
import { isRead } from '../contract/values/reading.ts';

/** Who a certificate is for. */
export type CertificateSubject =
  | { kind: 'principal'; principal: string; device: ReadonlyMap<string, string> }
  | { kind: 'connector'; id: string }
  | { kind: 'intermediate'; id: string; address: string; others?: readonly string[] };

/** What a certificate says of its subject. */
export interface Names {
  commonName: string;
  alternative: readonly { type: 'dns' | 'email' | 'ip' | 'url'; value: string }[];
  purpose: 'clientAuth' | 'serverAuth';
}

/** What agents of others call every server, and how a server on this machine is reached. */
const LOCAL_SERVER = [
  { type: 'dns', value: 'ztna-server' },
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
] as const;

/** The name under which a subject's files are kept. */
export function fileName(subject: CertificateSubject): string {
  return subject.kind === 'principal' ? subject.principal.toLowerCase() : `${subject.kind}-${subject.id}`;
}

/** As schemas/common.schema.json has it. */
const ID = /^[a-z][a-z0-9-]{0,62}$/;

/** Names that a folder has for something else: its authority, keys, and a certificate with its key. */
const TAKEN = /^(ca|connector-.*|intermediate-.*|.*-key|.*-tls)$/;

/**
 * Refuses a subject that no file can be named after, or that another's file is named after.
 * @throws Fault
 */
export function verifySubject(subject: CertificateSubject): void {
  if (subject.kind !== 'principal') {
    if (ID.test(subject.id)) return;
    throw new Fault(`${subject.id} is not an id`, 'use lower-case letters, digits and hyphens');
  }
  const { principal } = subject;
  if (!isRead(readPrincipal(principal)))
    throw new Fault(
      `${principal} is no principal`,
      'name an e-mail address, or a machine in letters, digits, . _ and -',
    );
  if (/[/\\:]/.test(principal) || principal.startsWith('.') || TAKEN.test(principal.toLowerCase()))
    throw new Fault(
      `${principal} cannot be the name of a file here`,
      'choose one without / \\ and :, that is not `ca`, begins with no `.`, `connector-` or `intermediate-`, and ends in no `-key` or `-tls`',
    );
}

/**
 * What the certificate of a subject says, so that the intermediate server reads the same from it: a principal is the
 * one e-mail address, or the common name where it is none; a device's attributes are URIs.
 */
export function namesOf(subject: CertificateSubject): Names {
  const commonName = fileName(subject);
  switch (subject.kind) {
    case 'principal':
      return {
        commonName,
        alternative: [
          ...(commonName.includes('@') ? [{ type: 'email' as const, value: commonName }] : []),
          ...[...subject.device].map(([name, value]) => ({
            type: 'url' as const,
            value: `ztna:device:${name}=${value}`,
          })),
        ],
        purpose: 'clientAuth',
      };
    case 'connector':
      return {
        commonName,
        alternative: [{ type: 'dns', value: `connector.${subject.id}.ztna` }],
        purpose: 'clientAuth',
      };
    case 'intermediate':
      return {
        commonName,
        alternative: [
          // Intermediates of one environment may share a certificate.
          ...[subject.address, ...(subject.others ?? [])].map((value) => ({
            type: isIP(value) ? ('ip' as const) : ('dns' as const),
            value,
          })),
          ...LOCAL_SERVER,
        ],
        purpose: 'serverAuth',
      };
  }
}
