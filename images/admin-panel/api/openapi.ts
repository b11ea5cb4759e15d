import { STATUS_CODES } from 'node:http';
import { PROBLEM_TYPE } from '../../../tools/serve/problem.ts';
import { OPERATIONS, type ApiOperation } from './operations.ts';
import { componentName, componentRef, componentsFrom } from './schemas.ts';

/** Statuses that say what is wrong, each with problem details. */
const PROBLEMS = [400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 502, 503];

let known: object | undefined;

/** The description of the API in OpenAPI 3.1, made of the operations and of the schemas. */
export function openApi(): object {
  return (known ??= made());
}

function made(): object {
  const names = OPERATIONS.map(({ answer }) => componentName(answer.schema, answer.definition));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Admin panel',
      version: '1',
      description:
        'What is in force, who reaches what and why, and proposals of changes. It writes nothing but proposals.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    paths: { ...pathsOf(OPERATIONS), '/events': EVENTS, '/openapi.json': DESCRIPTION },
    components: {
      schemas: componentsFrom([...names, 'proposed-change', 'panel.problem']),
      responses: { problem: PROBLEM },
    },
  };
}

const PROBLEM = {
  description: 'What is wrong, and what to do about it (RFC 9457).',
  content: { [PROBLEM_TYPE]: { schema: componentRef('panel', 'problem') } },
};

function pathsOf(operations: readonly ApiOperation[]): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const one of operations) (paths[one.path] ??= {})[one.method] = operationOf(one);
  return paths;
}

function operationOf({ id, method, summary, parameters, answer, status = 200 }: ApiOperation): object {
  const content = { 'application/json': { schema: componentRef(answer.schema, answer.definition) } };
  const body = {
    content: { 'application/json': { schema: componentRef('proposed-change') } },
    required: true,
  };
  return {
    operationId: id,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(method === 'post' && { requestBody: body }),
    responses: {
      [status]: { description: summary, content },
      ...(method === 'get' && { 304: { description: 'It is as it was: the ETag is the same' } }),
      ...problems(),
    },
  };
}

function problems(): Record<string, object> {
  return Object.fromEntries(
    PROBLEMS.map((status) => [
      status,
      // A reference may stand beside no description of its own; the status says the rest.
      { ...PROBLEM, description: STATUS_CODES[status]! },
    ]),
  );
}

const EVENTS = {
  get: {
    operationId: 'events',
    summary: 'A `change` event, with the new version, whenever anything that is shown has changed',
    responses: {
      200: {
        description: 'Server-sent events, until either side ends it',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
      ...problems(),
    },
  },
};

const DESCRIPTION = {
  get: {
    operationId: 'openapi',
    summary: 'This description',
    responses: {
      200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
      304: { description: 'It is as it was: the ETag is the same' },
      ...problems(),
    },
  },
};
