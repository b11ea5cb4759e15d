/**
 * `npm run infrastructure -- <commit>`: whether anything that Terraform reads was merged since a commit. Prints it, and
 * tells the steps of a job that follow as `changed`. Where the commit is not known, everything counts as changed.
 * For people and their own jobs: merge.yml asks `ztna github outstanding`, which knows what was done.
 */
import { appendFileSync } from 'node:fs';
import { infrastructureSince } from '../../git/infrastructure.ts';

const changed = (await infrastructureSince(process.cwd(), process.argv[2])) !== undefined;
const file = process.env['GITHUB_OUTPUT'];
if (file) appendFileSync(file, `changed=${changed}\n`);
console.log(changed ? 'infrastructure changed' : 'no infrastructure changed');
