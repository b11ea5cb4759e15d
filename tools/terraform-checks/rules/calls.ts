import { posix } from 'node:path';
import { stringOf } from '../hcl/literal.ts';
import { attribute, type Module } from '../hcl/module.ts';
import type { Block } from '../hcl/parse.ts';

/** The folder that a call's source names; undefined of a source that is not a relative path. */
export function calledFolder(module: Module, call: Block): string | undefined {
  const source = attribute(call.body, 'source');
  const path = source && stringOf(source);
  return path?.startsWith('.') ? posix.join(module.folder, path) : undefined;
}
