import { parse } from 'yaml';

/** One step of a job. */
export interface Step {
  id?: string;
  if?: string | boolean;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, unknown>;
  'continue-on-error'?: boolean;
  'timeout-minutes'?: number;
}

/** One job of a workflow. */
export interface Job {
  name?: string;
  if?: string | boolean;
  environment?: unknown;
  permissions?: Record<string, string> | string;
  'timeout-minutes'?: number;
  needs?: string | string[];
  outputs?: Record<string, string>;
  strategy?: { matrix?: Record<string, unknown>; 'fail-fast'?: boolean };
  /** The workflow that the job calls, instead of having steps. */
  uses?: string;
  with?: Record<string, unknown>;
  env?: Record<string, unknown>;
  concurrency?: { group?: string; 'cancel-in-progress'?: unknown } | string;
  steps?: Step[];
}

/** A workflow: what GitHub reads, and its text. */
export interface Workflow {
  file: string;
  text: string;
  /** Names of the events that start it. */
  events: string[];
  permissions?: unknown;
  concurrency?: unknown;
  env?: Record<string, unknown>;
  jobs: [name: string, job: Job][];
  /** Names of all npm scripts that exist. */
  scripts: readonly string[];
}

/** Reads a workflow as data. */
export function workflowOf(file: string, text: string, scripts: readonly string[]): Workflow {
  const { on, jobs = {}, permissions, concurrency, env } = parse(text) as Record<string, never>;
  const events = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on ?? {});
  return {
    ...{ file, text, events, permissions, concurrency, jobs: Object.entries(jobs), scripts },
    env: env ?? {},
  };
}

/** Every step, with the job it is in. */
export function stepsOf({ jobs }: Workflow): { job: string; step: Step }[] {
  return jobs.flatMap(([job, { steps = [] }]) => steps.map((step) => ({ job, step })));
}

/** Every expression in any part of a workflow's data. */
export function expressionsIn(node: unknown): string[] {
  if (typeof node === 'string')
    return [...node.matchAll(/\$\{\{(.*?)\}\}/gs)].map(([, inner]) => inner!.trim());
  if (typeof node !== 'object' || node === null) return [];
  return Object.values(node).flatMap(expressionsIn);
}
