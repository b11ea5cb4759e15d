import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Ajv as AjvClass, ValidateFunction } from 'ajv';
import type { Extract, OpenApiNode, OpenApiOperation } from './openapi-extract.ts';
import { shaped } from './example-value.ts';

const require = createRequire(import.meta.url);
const { Ajv } = require('ajv') as { Ajv: typeof AjvClass };
const addFormats = require('ajv-formats').default as (ajv: AjvClass) => void;

/** A request that found its operation. */
export interface OperationMatch {
  operation: OpenApiOperation;
  path: Record<string, string>;
}

/** GitHub's OpenAPI description, asked whether requests and answers fit it. */
export class Contract {
  readonly extract: Extract;
  readonly #ajv: AjvClass;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(file = new URL('../openapi.json', import.meta.url)) {
    this.extract = JSON.parse(readFileSync(file, 'utf8')) as Extract;
    this.#ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
    addFormats(this.#ajv);
    this.#ajv.addFormat('repo.nwo', true);
    const schemas = Object.entries(this.extract.schemas).map(([name, schema]) => [name, converted(schema)]);
    this.#ajv.addSchema({ $id: 'github', schemas: Object.fromEntries(schemas) });
  }

  /** The operation for a method and a path as it was sent, still encoded. */
  match(method: string, pathname: string): OperationMatch | undefined {
    for (const operation of this.extract.operations) {
      if (operation.method !== method) continue;
      const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
      const pattern = new RegExp(`^${operation.path.replace(/\{\w+\}/g, '([^/]+)')}$`);
      const found = pattern.exec(pathname);
      if (!found) continue;
      const values = found.slice(1).map(decodeURIComponent);
      return { operation, path: Object.fromEntries(names.map((name, index) => [name, values[index]!])) };
    }
    return undefined;
  }

  /** Everything about a request that the description does not allow; unknown keys are faults too. */
  requestFaults({ operation, path }: OperationMatch, query: URLSearchParams, body: unknown): string[] {
    const found: string[] = [];
    for (const { name, in: place, required, schema } of operation.parameters) {
      const value = place === 'path' ? path[name] : (query.get(name) ?? undefined);
      if (value === undefined && required) found.push(`${place} ${name} is missing`);
      if (value === undefined) continue;
      const key = `${operation.id} ${place} ${name}`;
      found.push(
        ...this.#faults(key, schema, typed(value, this.#resolved(schema))).map(
          (one) => `${place} ${name}${one}`,
        ),
      );
    }
    const known = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    for (const name of query.keys()) if (!known.includes(name)) found.push(`query ${name} is unknown`);
    if (!operation.body) return body === undefined ? found : [...found, 'no body belongs here'];
    if (body === undefined) return operation.body.required ? [...found, 'the body is missing'] : found;
    const faults = this.#faults(`${operation.id} body`, closed(operation.body.schema), body);
    return [...found, ...faults.map((one) => `body${one}`)];
  }

  /** An answer made of what is given and, where the description asks for more, of whatever fits. */
  answer({ id, answers }: OpenApiOperation, status: number, given: unknown): unknown {
    const schema = answers[status];
    if (schema === undefined) throw new Error(`${id} never answers ${status}`);
    if (schema === null) return undefined;
    const value = shaped(schema, given, this.extract.schemas);
    const faults = this.#faults(`${id} ${status}`, schema, value);
    if (faults.length > 0)
      throw new Error(`the answer ${status} of ${id} does not fit: ${faults.join('; ')}`);
    return value;
  }

  #resolved(schema: OpenApiNode): OpenApiNode {
    const name = schema['$ref']?.replace('#/schemas/', '');
    return name === undefined ? schema : this.extract.schemas[name]!;
  }

  #faults(key: string, schema: OpenApiNode, value: unknown): string[] {
    let validate = this.#compiled.get(key);
    if (!validate) this.#compiled.set(key, (validate = this.#ajv.compile(converted(schema) as object)));
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}

/** A parameter's text as the type that it is to have. */
function typed(value: string, { type }: OpenApiNode): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+$/.test(value)) return Number(value);
  return type === 'boolean' && /^(true|false)$/.test(value) ? value === 'true' : value;
}

/** A body's schema that takes no key which it does not name. */
function closed(schema: OpenApiNode): OpenApiNode {
  if (schema['type'] !== 'object' || !schema['properties'] || schema['additionalProperties'] !== undefined)
    return schema['type'] === 'array' ? { ...schema, items: closed(schema['items']) } : schema;
  const properties = Object.entries<OpenApiNode>(schema['properties']).map(([key, one]) => [
    key,
    closed(one),
  ]);
  return { ...schema, properties: Object.fromEntries(properties), additionalProperties: false };
}

/** OpenAPI 3.0 as JSON Schema: `nullable` is another type, and references lead to the one document. */
function converted(node: any): any {
  if (Array.isArray(node)) return node.map(converted);
  if (typeof node !== 'object' || node === null) return node;
  if (typeof node['$ref'] === 'string') return { $ref: `github${node['$ref']}` };
  const { nullable, discriminator: _, ...rest } = node;
  const plain = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, converted(value)]));
  return nullable === true ? { anyOf: [{ type: 'null' }, plain] } : plain;
}
