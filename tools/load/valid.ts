import { Fault } from '../contract/fault.ts';
import { type Finding, line } from '../finding/finding.ts';

/** What the working tree is called in a sentence. */
export const WORKING_TREE = 'the working tree';

/** Refuses what has errors. @param where it is, for the sentence @throws Fault with status 1, a line for each */
export function verifyValid(findings: readonly Finding[], where: string): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const [count, them] = errors.length === 1 ? ['1 error', 'it'] : [`${errors.length} errors`, 'them'];
  throw new Fault(`${where} has ${count}`, `fix ${them} first: npx ztna validate`, {
    status: 1,
    lines: errors.map(line),
  });
}
