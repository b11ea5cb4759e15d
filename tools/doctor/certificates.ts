import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { issueInto } from '../certificates/folder.ts';
import { fileName, type CertificateSubject } from '../certificates/subject.ts';
import type { LoadedEnvironment } from '../load/repository.ts';
import { keysOf } from './account.ts';
import type { AwsAccount } from './aws.ts';
import type { Checkup, Need } from './need.ts';

/** Days before the end of a certificate at which another is needed, and days that one issued here is valid. */
export const RENEW_DAYS = 30;
const VALID_DAYS = 90;
const DAY_MS = 86_400_000;

/** A certificate with its key that a component reads as a secret. */
interface Wanted {
  name: string;
  subject: CertificateSubject;
  /** The names that it must have; none for a client. */
  addresses: readonly string[];
  /** The authorities that are believed, as PEM; undefined where those of a system are. */
  cas: readonly string[] | undefined;
  /** The key of the YAML that names them. */
  list: 'serverCas' | 'clientCas';
}

/** One for all intermediates, and one for each connector on Fargate. */
function wantedOf({ value, connectors }: LoadedEnvironment): Wanted[] {
  const { id, intermediates, clientCas, serverCas } = value;
  const [first, ...others] = intermediates.map(({ address }) => address);
  const pems = (cas: readonly { certificate: string }[]): string[] =>
    cas.map(({ certificate }) => certificate);
  const served = [...connectors].filter(([, one]) => one.value.runs === 'fargate');
  return [
    {
      name: `/ztna-secret/${id}/intermediate/tls`,
      subject: { kind: 'intermediate', id: intermediates[0]!.id, address: first!, others },
      addresses: [first!, ...others],
      cas: serverCas && pems(serverCas),
      list: 'serverCas',
    },
    ...served.map(([connector]): Wanted => ({
      name: `/ztna-secret/${id}/connector/${connector}/tls`,
      subject: { kind: 'connector', id: connector },
      addresses: [],
      cas: pems(clientCas),
      list: 'clientCas',
    })),
  ];
}

/**
 * Whether each component's certificate is stored, fits, and lasts. One that an authority of ours signs is issued and
 * stored, also when it is to be renewed.
 * @param folder where `ztna certs` keeps its authority
 */
export function certificates(
  aws: AwsAccount,
  environment: LoadedEnvironment,
  folder: string,
  now: () => Date,
): Checkup {
  return {
    name: 'certificates',
    async look() {
      const { data } = keysOf(environment.value);
      if (!(await aws.hasKey(data))) return [];
      const wanted = wantedOf(environment);
      const stored = await aws.secrets(wanted.map(({ name }) => name));
      return wanted.flatMap((one): Need[] => {
        const problem = problemOf(stored.get(one.name), one, now());
        if (problem === undefined) return [];
        const own = isOurs(folder, one);
        return [
          {
            what: `certificate of ${one.list === 'serverCas' ? 'the intermediates' : fileName(one.subject)}`,
            where: `${one.name} in Parameter Store, under ${data}`,
            problem,
            remedy: own
              ? '--execute issues one and stores it'
              : `store chain and key in PEM, signed by one of ${one.list}${one.addresses.length > 0 ? `, for ${one.addresses.join(', ')}` : ''}: terraform/README.md; or make an authority of your own (npx ztna certs init) and add it to ${one.list}`,
            ...(own && { fix: () => issued(aws, one, folder, data, now()) }),
          },
        ];
      });
    },
  };
}

async function issued(
  aws: AwsAccount,
  { name, subject }: Wanted,
  folder: string,
  key: string,
  now: Date,
): Promise<string> {
  const { notAfter } = await issueInto(folder, subject, now, VALID_DAYS);
  await aws.store(name, readFileSync(join(folder, `${fileName(subject)}-tls.pem`), 'utf8'), key);
  return `${name}: issued and stored, valid until ${notAfter}`;
}

/** Whether the authority in the folder is one of those that are believed. */
function isOurs(folder: string, { cas }: Wanted): boolean {
  const [file, key] = [join(folder, 'ca.pem'), join(folder, 'ca-key.pem')];
  if (!existsSync(file) || !existsSync(key)) return false;
  const own = new X509Certificate(readFileSync(file)).fingerprint256;
  return (cas ?? []).some((pem) => new X509Certificate(pem).fingerprint256 === own);
}

/** What is wrong with a certificate that is stored; undefined where nothing is. */
function problemOf(pem: string | undefined, { addresses, cas }: Wanted, now: Date): string | undefined {
  if (pem === undefined) return 'it is not there';
  const certificate = readable(() => new X509Certificate(pem));
  const key = readable(() => createPrivateKey(pem));
  if (!certificate || !key) return 'it is no certificate with a key in PEM';
  if (!certificate.checkPrivateKey(key)) return 'its key is of another certificate';
  const missing = addresses.filter(
    (one) => !(isIP(one) ? certificate.checkIP(one) : certificate.checkHost(one)),
  );
  if (missing.length > 0) return `it is not for ${missing.join(', ')}`;
  const days = Math.floor((Date.parse(certificate.validTo) - now.getTime()) / DAY_MS);
  if (days < RENEW_DAYS) return days < 0 ? `it ended ${certificate.validTo}` : `it ends in ${days} days`;
  // A chain is not followed here: where there is an intermediate authority, the component's own log says what it is worth.
  const chain = pem
    .split(/(?=-----BEGIN CERTIFICATE-----)/)
    .filter((part) => part.includes('BEGIN CERTIFICATE')).length;
  const signed = (cas ?? []).some((one) => certificate.verify(new X509Certificate(one).publicKey));
  return cas && chain === 1 && !signed ? 'none of the authorities that are believed signed it' : undefined;
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
