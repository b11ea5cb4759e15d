import { scopeOf } from '../names.ts';
import {
  type BundleIndex,
  type Part,
  type PartReference,
  validateBundleIndex,
  validatePart,
} from '../shapes.ts';

/** What bytes of which the digest is known to be right hold, or why they are not to be used. */
export type ContentResult<T> = { ok: true; value: T } | { ok: false; reason: string };

/** The index in these bytes. */
export function indexIn(bytes: Uint8Array, environment: string): ContentResult<BundleIndex> {
  const value = jsonIn(bytes);
  if (!validateBundleIndex(value)) return bad('the index does not fit its schema');
  if (value.environment !== environment) return bad(`the index is of environment ${value.environment}`);
  return { ok: true, value };
}

/** Where the part of a component is; `undefined` where the index has none for it, which means: deny. */
export function referenceOf(index: BundleIndex, component: string): ContentResult<PartReference | undefined> {
  if (!Object.hasOwn(index.components, component)) return { ok: true, value: undefined };
  const reference = index.components[component]!;
  return reference.scope === scopeOf(component)
    ? { ok: true, value: reference }
    : bad(`the index sends ${component} to a part of ${reference.scope}`);
}

/** The part of a component in these bytes. */
export function partIn(bytes: Uint8Array, environment: string, component: string): ContentResult<Part> {
  const value = jsonIn(bytes);
  if (!validatePart(value)) return bad('the part does not fit its schema');
  if (value.environment !== environment) return bad(`the part is of environment ${value.environment}`);
  const whose = value.kind === 'connector' ? `connector/${value.connector}` : 'intermediate';
  return whose === scopeOf(component) ? { ok: true, value } : bad(`the part is of ${whose}`);
}

function bad(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    // The decoder throws a TypeError for bytes that are not UTF-8.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
