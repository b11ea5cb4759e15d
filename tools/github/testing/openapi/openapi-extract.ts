/** Any part of an OpenAPI document. */
export type OpenApiNode = { [key: string]: any };

/** One operation: how it is asked and answered; parameters, bodies and answers are resolved in place. */
export interface OpenApiOperation {
  id: string;
  method: string;
  path: string;
  parameters: { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: OpenApiNode }[];
  /** The schema of the JSON body, where there is one. */
  body?: { required: boolean; schema: OpenApiNode };
  /** The schema of the JSON answer by status; null where there is no content. */
  answers: Record<string, OpenApiNode | null>;
}

/** The part of GitHub's OpenAPI description that this project uses. */
export interface Extract {
  /** What it was taken from. */
  source: string;
  operations: OpenApiOperation[];
  /** Schemas that operations refer to as `#/schemas/<name>`. */
  schemas: Record<string, OpenApiNode>;
}

/** Keywords that say nothing about what fits. */
const SAID = [
  'example',
  'examples',
  'externalDocs',
  'x-github',
  'x-octokit',
  'x-multi-segment',
  'deprecated',
];

/**
 * The extract of an OpenAPI document.
 * @param document GitHub's whole description
 * @param source its name and version
 * @throws Error for an operation that the document does not have
 */
export function extractOf(document: OpenApiNode, ids: readonly string[], source: string): Extract {
  const known = new Map<string, OpenApiOperation>();
  for (const [path, item] of Object.entries<OpenApiNode>(document['paths']))
    for (const [method, one] of Object.entries<OpenApiNode>(item))
      if (ids.includes(one['operationId']))
        known.set(one['operationId'], operationOf(document, path, method, one));
  const operations = ids.map((id) => {
    const found = known.get(id);
    if (!found) throw new Error(`${source} has no operation ${id}`);
    return found;
  });
  return { source, operations, schemas: reachable(document, operations) };
}

function operationOf(
  document: OpenApiNode,
  path: string,
  method: string,
  one: OpenApiNode,
): OpenApiOperation {
  const parameters = (one['parameters'] ?? []).map((parameter: OpenApiNode) => {
    const { name, in: place, required, schema } = resolved(document, parameter);
    return { name, in: place, ...(required && { required }), schema: trimmed(schema) };
  });
  const body = one['requestBody'] && resolved(document, one['requestBody']);
  const schema = body && jsonOf(body);
  return {
    id: one['operationId'],
    method: method.toUpperCase(),
    path,
    parameters,
    ...(schema && { body: { required: body['required'] === true, schema: trimmed(schema) } }),
    answers: Object.fromEntries(
      Object.entries<OpenApiNode>(one['responses']).map(([status, answer]) => {
        const found = jsonOf(resolved(document, answer));
        return [status, found ? trimmed(found) : null];
      }),
    ),
  };
}

function jsonOf({ content }: OpenApiNode): OpenApiNode | undefined {
  return content?.['application/json']?.schema;
}

function resolved(document: OpenApiNode, node: OpenApiNode): OpenApiNode {
  if (typeof node['$ref'] !== 'string') return node;
  const steps = node['$ref'].split('/').slice(1);
  return resolved(
    document,
    steps.reduce((at: OpenApiNode, step: string) => at[step], document),
  );
}

/** A schema without what only people read; references lead to the extract's own schemas. */
function trimmed(node: any, inProperties = false): any {
  if (Array.isArray(node)) return node.map((one) => trimmed(one));
  if (typeof node !== 'object' || node === null) return node;
  if (!inProperties && typeof node['$ref'] === 'string')
    return { $ref: node['$ref'].replace('#/components/schemas/', '#/schemas/') };
  const kept = Object.entries(node).filter(
    ([key, value]) =>
      inProperties ||
      !(
        SAID.includes(key) ||
        (['description', 'title', 'summary'].includes(key) && typeof value === 'string')
      ),
  );
  return Object.fromEntries(
    kept.map(([key, value]) => [key, trimmed(value, !inProperties && key === 'properties')]),
  );
}

/** Every schema that operations lead to, in order of name. */
function reachable(
  document: OpenApiNode,
  operations: readonly OpenApiOperation[],
): Record<string, OpenApiNode> {
  const found = new Map<string, OpenApiNode>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const name = (node as OpenApiNode)['$ref'];
    if (typeof name === 'string') {
      const id = name.replace('#/schemas/', '');
      if (found.has(id)) return;
      found.set(id, trimmed(document['components'].schemas[id]));
      return visit(found.get(id));
    }
    Object.values(node).forEach(visit);
  };
  visit(operations);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
