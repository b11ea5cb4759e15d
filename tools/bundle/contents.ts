import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import { SCHEMA_VERSION } from '../contract/limits.ts';
import type { BundleIndex, PartReference } from '../contract/shapes.ts';
import type { Bundle } from './assemble.ts';

/** The index of a bundle, with its canonical bytes and their digest. */
export interface Contents {
  value: BundleIndex;
  bytes: Buffer;
  content: string;
}

/** Some components get what is new, while the others keep what an earlier index gave them. */
export interface PartialRollout {
  components: ReadonlySet<string>;
  before: BundleIndex;
}

/**
 * The index that sends every component of a bundle to its part.
 * @param bundle what was assembled
 * @param references where each part is, by scope and content; there is one for every part that some component is to get
 * @param stage who gets it; everybody when absent
 */
export function indexOf(
  bundle: Bundle,
  references: ReadonlyMap<string, PartReference>,
  stage?: PartialRollout,
): Contents {
  const components: BundleIndex['components'] = { ...stage?.before.components };
  for (const part of bundle.parts) {
    for (const component of part.components) {
      if (stage && !stage.components.has(component)) continue;
      const reference = references.get(`${part.scope} ${part.content}`);
      if (!reference) throw new TypeError(`no reference to the part ${part.scope}`);
      components[component] = reference;
    }
  }
  const value = { schemaVersion: SCHEMA_VERSION, environment: bundle.environment, components } as const;
  const bytes = canonicalBytes(value);
  return { value, bytes, content: digestOf(bytes) };
}
