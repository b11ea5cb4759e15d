import { readFileSync } from 'node:fs';
import { SUPPLEMENT } from './supplement.ts';

/** An argument of one value. */
export interface Plain {
  type: 'string' | 'number' | 'bool' | 'map' | 'list(string)' | 'list(number)';
  required?: boolean;
}

/** A nested block. */
export interface NestedBlock {
  block: Arguments;
  /** Whether it may be repeated. */
  many: boolean;
  required?: boolean;
}

export type Arguments = Readonly<Record<string, Plain | NestedBlock>>;

/** One kind of resource or of data. */
export interface BlockKind {
  arguments: Arguments;
  /** Everything that can be referenced. */
  attributes: readonly string[];
}

/** What a provider offers; here, what of it `terraform/` uses. */
export interface Provider {
  provider: string;
  version: string;
  resources: Readonly<Record<string, BlockKind>>;
  data: Readonly<Record<string, BlockKind>>;
}

/** Where the provider's part in use is kept. */
export const PROVIDER_FILE = new URL('provider.json', import.meta.url);

/** The part in use: what `extract.ts` has written, and the supplement. */
export function readProvider(): Provider {
  const part = JSON.parse(readFileSync(PROVIDER_FILE, 'utf8')) as Provider;
  return { ...part, resources: { ...part.resources, ...SUPPLEMENT } };
}

/** Resources of Terraform itself, which need no provider. */
export const OWN: Readonly<Record<string, BlockKind>> = {
  terraform_data: {
    arguments: { input: { type: 'map' }, triggers_replace: { type: 'map' } },
    attributes: ['id', 'input', 'output', 'triggers_replace'],
  },
};

/** The kind of a resource or data block; undefined where the provider has none. */
export function kindOf(provider: Provider, mode: 'resource' | 'data', type: string): BlockKind | undefined {
  return mode === 'data' ? provider.data[type] : (provider.resources[type] ?? OWN[type]);
}
