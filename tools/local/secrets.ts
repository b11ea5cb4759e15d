import { ownFolder, replaceFile } from '../files/own-files.ts';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { initialize, issueInto, recordsIn } from '../certificates/folder.ts';
import { fileName, type CertificateSubject } from '../certificates/subject.ts';

/** Days that a certificate made here is valid, and days before its end at which another is made. */
const VALID_DAYS = 30;
const RENEW_DAYS = 7;
const DAY_MS = 86_400_000;

/** The authority, certificates and keys of this machine's tunnel, kept in one folder from start to start. */
export class Secrets {
  readonly folder: string;
  readonly #now: () => Date;

  constructor(folder: string, now: () => Date) {
    this.folder = folder;
    this.#now = now;
  }

  /** The authority's certificate as a file; made where there is none. */
  async authority(): Promise<string> {
    const file = join(this.folder, 'ca.pem');
    return existsSync(file) ? file : await initialize(this.folder, this.#now());
  }

  /** A file with certificate and key of a subject; made where there is none that lasts. */
  async certificate(subject: CertificateSubject): Promise<string> {
    await this.authority();
    const name = fileName(subject);
    const newest = recordsIn(this.folder).findLast((record) => record.name === name);
    const renew = this.#now().getTime() + RENEW_DAYS * DAY_MS;
    if (!newest || Date.parse(newest.notAfter) < renew)
      await issueInto(this.folder, subject, this.#now(), VALID_DAYS);
    return join(this.folder, `${name}-tls.pem`);
  }

  /** The file of the keys that the intermediates share, as schemas/shared-keys.schema.json has it. */
  sharedKeys(): string {
    const file = join(this.folder, '..', 'shared-keys.json');
    if (!existsSync(file)) {
      ownFolder(dirname(file));
      replaceFile(file, sharedKeysText(this.#now()));
    }
    return file;
  }

  /** The authority's certificate as text. */
  async authorityText(): Promise<string> {
    return readFileSync(await this.authority(), 'utf8');
  }
}

/** New keys, which are the previous ones too as there are none before. */
function sharedKeysText(now: Date): string {
  const key = () => randomBytes(32).toString('hex');
  const created = Math.floor(now.getTime() / 1000);
  const keys = { retry: key(), reset: key(), connectionId: key(), created };
  return JSON.stringify({ current: keys, previous: keys });
}
