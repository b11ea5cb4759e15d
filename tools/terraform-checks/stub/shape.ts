import { type Arguments, type BlockKind, OWN, type Provider } from '../schema.ts';

/**
 * Arguments that AWS fills in when they are not given. The schema does not tell; these are the ones that
 * `terraform/` reads back.
 */
const FILLED = new Set([
  'id',
  'arn',
  'name',
  'ipv6_cidr_block',
  'private_ip',
  'public_ip',
  'key_id',
  'url',
  'bucket',
]);
FILLED.add('region');

/** Attributes that only AWS sets, of another type than a string. */
const TYPES: Readonly<Record<string, unknown>> = {
  names: ['list', 'string'],
  ids: ['list', 'string'],
  arns: ['list', 'string'],
  zone_ids: ['list', 'string'],
  thumbprints: ['list', 'string'],
  supported_architectures: ['list', 'string'],
  tags: ['map', 'string'],
  tags_all: ['map', 'string'],
  domain_validation_options: [
    'list',
    [
      'object',
      {
        domain_name: 'string',
        resource_record_name: 'string',
        resource_record_type: 'string',
        resource_record_value: 'string',
      },
    ],
  ],
};

/** One attribute, as the protocol describes it. */
export interface WireAttribute {
  name: string;
  type: Buffer;
  required: boolean;
  optional: boolean;
  computed: boolean;
}

export interface WireBlock {
  version: number;
  attributes: WireAttribute[];
  block_types: {
    type_name: string;
    block: WireBlock;
    nesting: number;
    min_items: number;
    max_items: number;
  }[];
}

const LIST = 2;
const bytes = (type: unknown): Buffer => Buffer.from(JSON.stringify(type));

/** A cty type of a type as the schema writes it: `list(string)` is ["list","string"]. */
function ctyOf(type: string): unknown {
  if (type === 'map') return ['map', 'string'];
  const list = /^list\((\w+)\)$/.exec(type);
  return list ? ['list', list[1]] : type;
}

/** A kind of resource or data as a block of the protocol. */
export function blockOf(kind: BlockKind): WireBlock {
  const block = argumentsBlock(kind.arguments, true);
  const own = new Set(Object.keys(kind.arguments));
  for (const name of kind.attributes.filter((one) => !own.has(one)))
    block.attributes.push({
      name,
      type: bytes(TYPES[name] ?? 'string'),
      required: false,
      optional: false,
      computed: true,
    });
  return block;
}

function argumentsBlock(given: Arguments, outer: boolean): WireBlock {
  const block: WireBlock = { version: 0, attributes: [], block_types: [] };
  for (const [name, one] of Object.entries(given)) {
    const required = one.required === true;
    if ('block' in one)
      block.block_types.push({
        type_name: name,
        block: argumentsBlock(one.block, false),
        nesting: LIST,
        min_items: required ? 1 : 0,
        max_items: one.many ? 0 : 1,
      });
    else
      block.attributes.push({
        name,
        type: bytes(ctyOf(one.type)),
        required,
        optional: !required,
        computed: !required && outer && FILLED.has(name),
      });
  }
  return block;
}

/** How the provider itself is configured: what of it `terraform/` may use. */
const CONFIGURATION: Arguments = {
  region: { type: 'string' },
  allowed_account_ids: { type: 'list(string)' },
  default_tags: { many: false, block: { tags: { type: 'map' } } },
};

/** Every schema of the provider, as the protocol wants them. */
export function schemasOf({ resources, data }: Provider): Record<string, unknown> {
  const all = (kinds: Readonly<Record<string, BlockKind>>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(kinds)
        .filter(([name]) => !(name in OWN))
        .map(([name, kind]) => [name, { version: 0, block: blockOf(kind) }]),
    );
  return {
    provider: { version: 0, block: argumentsBlock(CONFIGURATION, false) },
    resource_schemas: all(resources),
    data_source_schemas: all(data),
  };
}
