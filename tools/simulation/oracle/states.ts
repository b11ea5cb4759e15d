import { canonicalBytes, digestOf } from '../../contract/log/canonical.ts';
import type { BundleIndex } from '../../contract/shapes.ts';
import { prepare } from '../../publish/prepare.ts';
import { IDENTITY } from '../../publish/testing/publisher.ts';
import { bundleFor, STATES, type Variant, type TargetContent, whole } from '../cluster/company.ts';

/** Who gets something new first. */
export const CANARY = 'intermediate/one';

const INDEXES = new Map<Variant, BundleIndex>();
const WHOLE = new Map<string, TargetContent>();
for (const state of STATES) {
  const { index, contents } = await prepare(bundleFor(state), IDENTITY);
  INDEXES.set(state, contents);
  WHOLE.set(index.reference.content, whole(state));
}

let mixes: Map<string, TargetContent> | undefined;

/** What the index with a digest wants, told from the states alone; undefined for an index of none of them. */
export function wantedBy(content: string): TargetContent | undefined {
  return WHOLE.get(content) ?? (mixes ??= allMixes()).get(content);
}

/** Whether it is what all components are to have: one state, or what is left of one without what was taken away. */
export function isWhole({ intermediate, connector, narrowed = false }: TargetContent): boolean {
  return narrowed || intermediate === connector;
}

/** The canary has one state, and all others another. */
function allMixes(): Map<string, TargetContent> {
  const found = new Map<string, TargetContent>();
  for (const intermediate of STATES)
    for (const connector of STATES) {
      const index = INDEXES.get(connector)!;
      const canary = INDEXES.get(intermediate)!.components[CANARY]!;
      const components = { ...index.components, [CANARY]: canary };
      found.set(digestOf(canonicalBytes({ ...index, components })), { intermediate, connector });
    }
  return found;
}
