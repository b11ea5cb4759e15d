import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FOLDERS } from '../load/sources.ts';

/**
 * The root of a small company that has one of everything: environments `lab` and `live`, nested groups, denies,
 * hours, networks, devices, dates, guardrails, access tests and revoked certificates. Every test of the tools that
 * needs files uses it, or a company that it makes itself, and never the company that is delivered.
 */
export const MINIATURE = fileURLToPath(new URL('miniature/', import.meta.url));

/** Copies the miniature company's files below a folder. */
export function copyMiniature(folder: string): void {
  for (const name of FOLDERS) cpSync(join(MINIATURE, name), join(folder, name), { recursive: true });
}
