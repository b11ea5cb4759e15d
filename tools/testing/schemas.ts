/** A JSON Schema as data. */
export type SchemaValue = { [key: string]: any };

/** How a file of `schemas/` names a shape that several of them share. */
const SHARED = 'common.schema.json#/$defs/';
const OWN = '#/$defs/';

/**
 * A schema with the shapes that it shares written into it, so that a program which looks references up by the schemas'
 * ids needs no network: they have an address that nobody serves.
 */
export function whole(schema: SchemaValue, common: SchemaValue): SchemaValue {
  const needed = new Set<string>();
  const local = withReferences(schema, (to) => {
    if (!to.startsWith(SHARED)) return to;
    needed.add(to.slice(SHARED.length));
    return OWN + to.slice(SHARED.length);
  });
  if (needed.size === 0) return schema;
  for (const name of needed)
    withReferences(common['$defs'][name], (to) => {
      needed.add(to.slice(OWN.length));
      return to;
    });
  const shared = [...needed].sort().map((name) => [name, common['$defs'][name]] as const);
  return { ...local, $defs: { ...local['$defs'], ...Object.fromEntries(shared) } };
}

/** A schema that `whole` made, with references to what it shares again: none of its own shapes has the name of a shared one. */
export function parted(schema: SchemaValue, common: SchemaValue): SchemaValue {
  if (schema['$id'] === common['$id']) return schema;
  const isShared = (name: string): boolean => Object.hasOwn(common['$defs'], name);
  const { $defs, ...rest } = withReferences(schema, (to) =>
    to.startsWith(OWN) && isShared(to.slice(OWN.length)) ? SHARED + to.slice(OWN.length) : to,
  );
  const own = Object.entries($defs ?? {}).filter(([name]) => !isShared(name));
  return own.length === 0 ? rest : { ...rest, $defs: Object.fromEntries(own) };
}

/** A schema in which every reference leads where it is led. */
function withReferences(value: any, lead: (to: string) => string): any {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, lead));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' ? lead(inner) : withReferences(inner, lead),
    ]),
  );
}
