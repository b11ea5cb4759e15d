import type { webcrypto } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { type Names, namesOf, type CertificateSubject } from './subject.ts';

/** A certificate and its key, in PEM. */
export interface IssuedCertificate {
  certificate: string;
  key: string;
}

/** How long something is valid, as instants. */
export interface Validity {
  from: Date;
  until: Date;
}

/** ECDSA on P-256 with SHA-256: what every TLS library of agents and servers verifies. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** The longest common name (X.520, ub-common-name); who has a longer e-mail address is named by that. */
const COMMON_NAME = 64;

/** A clock that is a little behind must not find a new certificate not yet valid: so many milliseconds. */
const SKEW_MS = 5 * 60_000;

/** Makes a certificate authority that signs clients and servers, and nothing below itself. */
export async function createAuthority(name: string, { from, until }: Validity): Promise<IssuedCertificate> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    notBefore: new Date(from.getTime() - SKEW_MS),
    notAfter: until,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: await privatePem(keys.privateKey) };
}

/**
 * Issues a certificate with a key of its own.
 * @param authority in PEM, with its key
 * @throws Error where the authority's certificate or key cannot be read
 */
export async function issue(
  authority: IssuedCertificate,
  subject: CertificateSubject,
  validity: Validity,
): Promise<IssuedCertificate> {
  const { commonName, alternative, purpose }: Names = namesOf(subject);
  const [parent, signingKey] = await readAuthority(authority);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [commonName.slice(0, COMMON_NAME)] }],
    issuer: parent.subjectName,
    notBefore: new Date(validity.from.getTime() - SKEW_MS),
    // A certificate that outlives its authority would be refused only when someone looks at the chain.
    notAfter: new Date(Math.min(validity.until.getTime(), parent.notAfter.getTime())),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[purpose]]),
      ...(alternative.length > 0 ? [new x509.SubjectAlternativeNameExtension([...alternative])] : []),
      await x509.AuthorityKeyIdentifierExtension.create(parent.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: await privatePem(keys.privateKey) };
}

async function readAuthority({
  certificate,
  key,
}: IssuedCertificate): Promise<[x509.X509Certificate, webcrypto.CryptoKey]> {
  const pkcs8 = x509.PemConverter.decode(key)[0]!;
  const signingKey = await crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
  return [new x509.X509Certificate(certificate), signingKey];
}

function pemOf(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem').trim()}\n`;
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY').trim()}\n`;
}
