import type { Bundle, BundlePart } from '../bundle/assemble.ts';
import { refusalsOf, withRefusals } from '../contract/admission.ts';
import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import type { IntermediatePart, Part } from '../contract/shapes.ts';
import { scopeOf } from '../contract/names.ts';
import type { Parts } from '../publish/losses.ts';

/**
 * What is in force, and nothing else but what a bundle newly revokes, certificates, principals and client CAs: a stolen
 * laptop waits for no ring. Undefined where everybody refuses all of it already.
 * @param current what each component enforces now
 * @param base what all had before, where a delivery is under way; else the same
 */
export function revocationsFirst(current: Parts, base: Parts, bundle: Bundle): Bundle | undefined {
  const wanted = bundle.parts.map(({ value }) => value).filter(isIntermediatePart);
  const refusals = wanted.flatMap((part) => [...refusalsOf(part).keys()]);
  const lacks = (part: Part): boolean => {
    const known = refusalsOf(part);
    return part.kind === 'intermediate' && refusals.some((refusal) => !known.has(refusal));
  };
  if (![...current.values()].some(lacks)) return undefined;
  return bundleOf(bundle.environment, base, (part) =>
    isIntermediatePart(part) ? withRefusals(part, wanted) : part,
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

function isIntermediatePart(part: Part): part is IntermediatePart {
  return part.kind === 'intermediate';
}
