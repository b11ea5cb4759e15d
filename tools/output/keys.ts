import type { TrustedKey } from '../contract/shapes.ts';

/** A public key as an item of `bundle.trustedKeys`. */
export function trustedKeyYaml({ id, algorithm, publicKey }: TrustedKey): string {
  return `    - id: ${id}\n      algorithm: ${algorithm}\n      publicKey: ${publicKey}\n`;
}
