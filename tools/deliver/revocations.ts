import type { Bundle, BundlePart } from '../bundle/assemble.ts';
import { canonicalBytes, digestOf } from '../contract/canonical.ts';
import type { Part } from '../contract/shapes.ts';
import { scopeOf } from '../contract/names.ts';
import type { Parts } from '../publish/losses.ts';

/**
 * What is in force, and nothing else but the certificates that a bundle newly revokes: a stolen laptop waits for no
 * ring. Undefined where everybody refuses them already.
 * @param current what each component enforces now
 * @param base what all had before, where a delivery is under way; else the same
 */
export function revocationsFirst(current: Parts, base: Parts, bundle: Bundle): Bundle | undefined {
  const wanted = revokedIn(bundle.parts.map(({ value }) => value));
  const lacks = (part: Part): boolean =>
    part.kind === 'intermediate' && wanted.some((fingerprint) => !part.revoked.includes(fingerprint));
  if (![...current.values()].some(lacks)) return undefined;
  return bundleOf(bundle.environment, base, (part) =>
    part.kind === 'intermediate' ? { ...part, revoked: union(part.revoked, wanted) } : part,
  );
}

/** A bundle of parts that are known already, each changed in one way; components with the same part share it. */
export function bundleOf(environment: string, all: Parts, change: (part: Part) => Part): Bundle {
  const parts = new Map<string, BundlePart>();
  for (const [component, part] of [...all].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const value = change(part);
    const bytes = canonicalBytes(value);
    const [scope, content] = [scopeOf(component), digestOf(bytes)];
    const known = parts.get(`${scope} ${content}`);
    const components = [...(known?.components ?? []), component];
    parts.set(`${scope} ${content}`, { scope, components, value, bytes, content });
  }
  return { environment, parts: [...parts.values()] };
}

function revokedIn(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => (part.kind === 'intermediate' ? part.revoked : []));
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
