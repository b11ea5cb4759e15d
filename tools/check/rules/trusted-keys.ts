import { createPublicKey, type KeyObject } from 'node:crypto';
import { kept } from '../../contract/memo.ts';
import { finding, type Rule } from '../rule.ts';

export const trustedKeys: Rule = {
  id: 'trusted-keys',
  says: 'Ensure that every trusted key is a public key of the algorithm it says.',
  why: 'With a key that cannot be read, followers refuse every entry and keep what they had, also when access must be taken away.',
  *check(repository) {
    for (const environment of repository.environments.values()) {
      for (const [index, key] of environment.value.bundle.trustedKeys.entries()) {
        const found = algorithmOf(key.publicKey);
        if (found === key.algorithm) continue;
        yield finding(trustedKeys.id, environment, ['bundle', 'trustedKeys', index, 'publicKey'], {
          message: `trusted key \`${key.id}\` is not what it says`,
          expected: `an ${key.algorithm} public key (SubjectPublicKeyInfo, DER, base64)`,
          found: found ?? 'no public key',
          remedy: 'copy it again from where it was made',
        });
      }
    }
  },
};

/** The algorithm of a key; undefined where it cannot be read. */
const algorithmOf = kept((publicKey): string | undefined => {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === 'prime256v1') return 'ecdsa-p256';
  return curve ?? key.asymmetricKeyType;
});
