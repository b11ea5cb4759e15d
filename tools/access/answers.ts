import { validateRequest, type Answer, type Request } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { unreadable } from '../contract/values/kinds.ts';
import { compile } from './compile.ts';
import { decide } from './decide.ts';
import { indexPolicies, type Access } from './model.ts';
import { typed } from './request.ts';
import { principalKey } from './values/membership.ts';

/** Answers many requests to one repository. */
export class Answers {
  readonly #indexed = new Map<string, Access>();

  constructor(readonly repository: Repository) {}

  /** Answers one request. */
  request(request: Request): Exclude<Answer, { error: string }> {
    if (!this.repository.environments.has(request.environment)) {
      return { decision: 'deny', policies: [], reason: 'unknown-environment' };
    }
    return decide(this.#access(request.environment), typed(request));
  }

  /** Answers one line of JSON; a malformed one with the reason. */
  line(text: string): Answer {
    const request = parse(text);
    if (typeof request === 'string') return { error: request };
    if (this.repository.groups.has(principalKey(request.principal)))
      return { error: `principal ${request.principal} is a group; name one of its members` };
    return this.request(request);
  }

  #access(environment: string): Access {
    let access = this.#indexed.get(environment);
    if (!access)
      this.#indexed.set(environment, (access = indexPolicies(compile(this.repository, environment))));
    return access;
  }
}

/** Reads a line as a request. @returns what is wrong with it, where something is */
function parse(text: string): Request | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'the line is not JSON';
  }
  const twice = repeatedKeys(text);
  const [repeated] = twice.filter(({ depth }) => depth === 1);
  if (repeated) return `the key ${JSON.stringify(repeated.name)} is there twice`;
  if (validateRequest(value))
    return withStatedTwice(
      value,
      twice.map(({ name }) => name),
    );
  const [error] = validateRequest.errors ?? [];
  const where = error?.instancePath.slice(1) || 'the request';
  const { missingProperty, additionalProperty } = (error?.params ?? {}) as Record<string, string>;
  if (missingProperty) return `${missingProperty} is missing`;
  if (additionalProperty) return `${additionalProperty} is not a key of a request`;
  const wrong = unreadable(error?.params['format'], (value as Record<string, unknown>)[where]);
  if (wrong) return `${where} ${wrong.reason}${wrong.fix === undefined ? '' : `; write ${wrong.fix}`}`;
  return `${where} is not as schemas/request.schema.json has it`;
}

/** A device attribute that is stated twice is unknown, as a list of values is. */
function withStatedTwice(request: Request, names: readonly string[]): Request {
  if (names.length === 0) return request;
  const unknown = Object.fromEntries(names.map((name) => [name, []]));
  return { ...request, device: { ...request.device, ...unknown } };
}

/** The keys that an object of a valid JSON text states twice: JSON.parse would silently keep the last. */
function repeatedKeys(text: string): { name: string; depth: number }[] {
  const open: Set<string>[] = [];
  const repeated: { name: string; depth: number }[] = [];
  for (const [token, key] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (key !== undefined) {
      const name = JSON.parse(key) as string;
      if (open.at(-1)!.has(name)) repeated.push({ name, depth: open.length });
      open.at(-1)!.add(name);
    }
  }
  return repeated;
}
