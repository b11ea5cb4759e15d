import accessLog from '../../../schemas/access-log.schema.json' with { type: 'json' };
import common from '../../../schemas/common.schema.json' with { type: 'json' };
import deliveryRecord from '../../../schemas/delivery-record.schema.json' with { type: 'json' };
import difference from '../../../schemas/difference.schema.json' with { type: 'json' };
import drift from '../../../schemas/drift.schema.json' with { type: 'json' };
import dropReason from '../../../schemas/drop-reason.schema.json' with { type: 'json' };
import entry from '../../../schemas/entry.schema.json' with { type: 'json' };
import environments from '../../../schemas/environments.schema.json' with { type: 'json' };
import explanation from '../../../schemas/explanation.schema.json' with { type: 'json' };
import figures from '../../../schemas/figures.schema.json' with { type: 'json' };
import findings from '../../../schemas/findings.schema.json' with { type: 'json' };
import group from '../../../schemas/group.schema.json' with { type: 'json' };
import history from '../../../schemas/history.schema.json' with { type: 'json' };
import index from '../../../schemas/bundle-index.schema.json' with { type: 'json' };
import listing from '../../../schemas/listing.schema.json' with { type: 'json' };
import part from '../../../schemas/part.schema.json' with { type: 'json' };
import panel from '../../../schemas/panel.schema.json' with { type: 'json' };
import policy from '../../../schemas/policy.schema.json' with { type: 'json' };
import proposedChange from '../../../schemas/proposed-change.schema.json' with { type: 'json' };
import pullRequest from '../../../schemas/pull-request.schema.json' with { type: 'json' };
import request from '../../../schemas/request.schema.json' with { type: 'json' };
import answer from '../../../schemas/answer.schema.json' with { type: 'json' };
import ack from '../../../schemas/ack.schema.json' with { type: 'json' };
import accessTest from '../../../schemas/access-test.schema.json' with { type: 'json' };
import service from '../../../schemas/service.schema.json' with { type: 'json' };
import status from '../../../schemas/status.schema.json' with { type: 'json' };

/** A JSON Schema as data. */
export type ApiSchema = { readonly [key: string]: unknown };

/** The schemas of what the API answers and takes, and those that they refer to, by file name. */
const FILES: Readonly<Record<string, ApiSchema>> = {
  'access-log': accessLog,
  'access-test': accessTest,
  'bundle-index': index,
  'delivery-record': deliveryRecord,
  'drop-reason': dropReason,
  'proposed-change': proposedChange,
  'pull-request': pullRequest,
  ...{ ack, answer, common, difference, drift, entry, environments, explanation, figures, findings },
  ...{ group, history, listing, panel, part, policy, request, service, status },
};

/** What a schema is called among the components of OpenAPI: `panel.overview`, `history`. */
export const componentName = (file: string, definition?: string): string =>
  definition === undefined ? file : `${file}.${definition}`;

/** A reference to a component. */
export const componentRef = (file: string, definition?: string): { $ref: string } => ({
  $ref: `#/components/schemas/${componentName(file, definition)}`,
});

/** The components that some names reach, each with its references rewritten. @throws Error for a name that is none */
export function componentsFrom(names: Iterable<string>): Record<string, ApiSchema> {
  const found = new Map<string, ApiSchema>();
  const wanted = [...names];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (found.has(name)) continue;
    const [file = '', definition] = name.split('.');
    const root = FILES[file];
    const schema =
      definition === undefined ? root : (root?.['$defs'] as Record<string, ApiSchema>)?.[definition];
    if (!schema) throw new Error(`no schema is called ${name}`);
    found.set(name, rewritten(schema, file, wanted) as ApiSchema);
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Keys of a file's schema that mean nothing inside another document. */
const OF_FILES = ['$id', '$schema', '$defs', 'discriminator'];

function rewritten(node: unknown, file: string, wanted: string[]): unknown {
  if (Array.isArray(node)) return node.map((one) => rewritten(one, file, wanted));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node)
    .filter(([key]) => !OF_FILES.includes(key))
    .map(([key, value]): [string, unknown] => {
      if (key !== '$ref' || typeof value !== 'string') return [key, rewritten(value, file, wanted)];
      const [path = '', pointer] = value.split('#');
      const name = componentName(
        path === '' ? file : path.replace('.schema.json', ''),
        pointer ? pointer.replace('/$defs/', '') : undefined,
      );
      wanted.push(name);
      return [key, `#/components/schemas/${name}`];
    });
  return Object.fromEntries(entries);
}
