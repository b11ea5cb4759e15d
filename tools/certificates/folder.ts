import { appendText, ownFolder, PUBLIC, replaceFile } from '../files/own-files.ts';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../contract/fault.ts';
import { createAuthority, issue, type IssuedCertificate } from './issue.ts';
import { fileName, type CertificateSubject } from './subject.ts';

/** A certificate that was issued here; one line of `issued.jsonl`. */
export interface Record {
  name: string;
  /** SHA-256 of the certificate's DER encoding, as `policies/revoked.yaml` names it. */
  fingerprint: string;
  /** RFC 3339. */
  notAfter: string;
}

/** The record of everything issued: a certificate that was replaced can still be revoked. */
const RECORDS = 'issued.jsonl';
/** How long an authority made here lasts. */
const AUTHORITY_DAYS = 3650;
const DAY_MS = 86_400_000;
/** Names beside which an authority may be made: a folder under git, or looked at with a file manager. */
const HARMLESS = ['.gitignore', '.gitkeep', '.DS_Store'];

/**
 * Makes an authority in a folder: `ca.pem` and `ca-key.pem`.
 * @throws Fault where the folder has anything in it: an authority is never overwritten
 */
export async function initialize(folder: string, now: Date): Promise<string> {
  const there = existsSync(folder) ? readdirSync(folder).filter((name) => !HARMLESS.includes(name)) : [];
  if (there.length > 0)
    throw new Fault(
      there.includes('ca.pem')
        ? `${folder} has an authority already, and every certificate of it would be lost`
        : `${folder} is not empty: it has ${there[0]}`,
      'name another folder with --dir, or remove this one',
    );
  ownFolder(folder);
  const until = new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS);
  write(folder, 'ca', await createAuthority('ZTNA certificate authority', { from: now, until }));
  return join(folder, 'ca.pem');
}

/**
 * Issues a certificate: `<name>.pem`, `<name>-key.pem` and both in `<name>-tls.pem`; one of this name is replaced.
 * @param days how long it is valid; never longer than its authority
 * @throws Fault where the folder has no authority
 */
export async function issueInto(
  folder: string,
  subject: CertificateSubject,
  now: Date,
  days: number,
): Promise<Record> {
  const authority = authorityIn(folder);
  const until = new Date(now.getTime() + days * DAY_MS);
  const issued = await issue(authority, subject, { from: now, until });
  const name = fileName(subject);
  const record = recordOf(name, issued.certificate);
  // Recorded first: what cannot be revoked must not be in use.
  appendText(join(folder, RECORDS), `${JSON.stringify(record)}\n`);
  write(folder, name, issued);
  replaceFile(join(folder, `${name}-tls.pem`), issued.certificate + issued.key);
  return record;
}

/** Everything issued in a folder, oldest first. @throws Fault where a line of the record cannot be read */
export function recordsIn(folder: string): Record[] {
  const file = join(folder, RECORDS);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line, index) => {
      const record = parsed(line);
      if (record) return record;
      throw new Fault(`${file}:${index + 1} is no record of a certificate`, 'repair or remove the line');
    });
}

function parsed(line: string): Record | undefined {
  try {
    const { name, fingerprint, notAfter } = JSON.parse(line) as Partial<Record>;
    return name && fingerprint && notAfter ? { name, fingerprint, notAfter } : undefined;
  } catch {
    return undefined;
  }
}

function authorityIn(folder: string): IssuedCertificate {
  const [certificate, key] = [join(folder, 'ca.pem'), join(folder, 'ca-key.pem')];
  if (!existsSync(certificate) || !existsSync(key))
    throw new Fault(`${folder} has no certificate authority`, 'make one with: npx ztna certs init');
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

function recordOf(name: string, pem: string): Record {
  const certificate = new X509Certificate(pem);
  const fingerprint = createHash('sha256').update(certificate.raw).digest('hex');
  return { name, fingerprint, notAfter: new Date(certificate.validTo).toISOString() };
}

function write(folder: string, name: string, { certificate, key }: IssuedCertificate): void {
  replaceFile(join(folder, `${name}-key.pem`), key);
  replaceFile(join(folder, `${name}.pem`), certificate, PUBLIC);
}
