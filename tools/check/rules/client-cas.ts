import { X509Certificate } from 'node:crypto';
import { DAY, instantText, type Instant } from '../../access/values/time-zone.ts';
import { kept } from '../../contract/memo.ts';
import { finding, type Rule, type FindingWords } from '../rule.ts';

/** A CA that ends within this time is told of, while there is time to replace it. */
const SOON = 30 * DAY;

export const clientCas: Rule = {
  id: 'client-cas',
  says: 'Ensure that every CA of clients and of servers is a CA certificate that lasts for another month.',
  why: 'The day it ends, everybody whose certificate it signed is locked out at once.',
  *check(repository, at) {
    for (const environment of repository.environments.values())
      for (const [key, side] of LISTS)
        for (const [index, { id, certificate }] of (environment.value[key] ?? []).entries()) {
          const words = wrong(certificate, at);
          if (!words) continue;
          const message = `${side} CA \`${id}\` ${words.message}`;
          yield finding(clientCas.id, environment, [key, index, 'certificate'], { ...words, message });
        }
  },
};

/** Where an environment names CAs, and whose certificates they sign. */
const LISTS = [
  ['clientCas', 'client'],
  ['serverCas', 'server'],
] as const;

function wrong(pem: string, at: Instant): FindingWords | undefined {
  const certificate = read(pem);
  if (!certificate)
    return {
      message: 'cannot be read',
      expected: 'a certificate in PEM',
      remedy: 'copy it again from where it was made',
    };
  if (!certificate.ca)
    return {
      message: 'is no CA',
      expected: 'a certificate that may sign others',
      remedy: 'name the CA that signed it',
    };
  const to = Date.parse(certificate.validTo);
  const tell = (message: string, remedy: string): FindingWords => ({ severity: 'warning', message, remedy });
  if (at >= to) return tell(`expired ${instantText(to)}`, 'remove it, once its certificates are replaced');
  if (to - at < SOON)
    return tell(`expires ${instantText(to)}`, 'add its successor beside it, and replace its certificates');
  return undefined;
}

/** What a certificate says; undefined where it cannot be read. */
const read = kept((pem): Pick<X509Certificate, 'ca' | 'validTo'> | undefined => {
  try {
    const { ca, validTo } = new X509Certificate(pem);
    return { ca, validTo };
  } catch {
    return undefined;
  }
});
