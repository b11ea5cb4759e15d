/**
 * Keeps, of a provider's whole schema, the part that `terraform/` uses:
 * `node --import tsx tools/terraform-checks/extract.ts <path of the schema>`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { filesBelow, modulesOf } from './hcl/module.ts';
import { type Arguments, type BlockKind, type Provider, PROVIDER_FILE } from './schema.ts';

/** Names that a nested block and the resource around it often share. */
const SHARED = ['arn', 'id', 'name', 'status', 'version', 'url', 'dns_name'];

/** The schema with the kinds named, in order of name. */
export function extract(whole: Provider, resources: readonly string[], data: readonly string[]): Provider {
  const pick = (
    kinds: Readonly<Record<string, BlockKind>>,
    names: readonly string[],
  ): Record<string, BlockKind> =>
    Object.fromEntries(
      [...new Set(names)].sort().flatMap((name) => (kinds[name] ? [[name, own(kinds[name])]] : [])),
    );
  const { provider, version } = whole;
  return { provider, version, resources: pick(whole.resources, resources), data: pick(whole.data, data) };
}

/** The schema lists attributes of nested blocks beside the resource's own; these go. */
function own({ arguments: given, attributes }: BlockKind): BlockKind {
  const nested = new Set(nestedNames(given, false));
  const kept = attributes.filter(
    (name) => name !== 'internal_value' && (name in given || SHARED.includes(name) || !nested.has(name)),
  );
  return { arguments: given, attributes: kept.sort() };
}

function nestedNames(given: Arguments, inside: boolean): string[] {
  return Object.entries(given).flatMap(([name, one]) => [
    ...(inside ? [name] : []),
    ...('block' in one ? nestedNames(one.block, true) : []),
  ]);
}

async function main(path: string | undefined): Promise<void> {
  if (path === undefined) {
    console.error('which schema? give its path: node --import tsx tools/terraform-checks/extract.ts <path>');
    process.exitCode = 2;
    return;
  }
  const root = fileURLToPath(new URL('../../terraform', import.meta.url));
  const modules = modulesOf(filesBelow(root, 'terraform'));
  const types = (of: 'resources' | 'data'): string[] =>
    modules.flatMap((one) => one[of].map(({ labels }) => labels[0]!));
  const whole = JSON.parse(readFileSync(path, 'utf8')) as Provider;
  const part = extract(whole, types('resources'), types('data'));
  const file = fileURLToPath(PROVIDER_FILE);
  const style = await resolveConfig(file);
  writeFileSync(file, await format(JSON.stringify(part), { ...style, parser: 'json' }));
  console.log(`${Object.keys(part.resources).length} resources, ${Object.keys(part.data).length} data`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2]);
