import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fromCloudflare } from '../adopt/import/cloudflare.ts';
import type { ImportDraft } from '../adopt/import/draft.ts';
import { filesOf } from '../adopt/import/files.ts';
import { proofOf } from '../adopt/import/proof.ts';
import { fromTable } from '../adopt/import/table.ts';
import { fromTailscale } from '../adopt/import/tailscale.ts';
import { checkLoad } from '../check/check-load.ts';
import { Fault } from '../contract/fault.ts';
import { byPlace, count, line } from '../finding/finding.ts';
import { loadSources, loadValid } from '../load/load.ts';
import { workingTree } from '../load/sources.ts';
import { proofText } from '../output/import.ts';
import { textLine, textLines } from '../contract/terminal-text.ts';
import { plural } from '../output/words.ts';
import { command } from './shared/command.ts';
import { environmentOf } from './shared/environment.ts';

/** How each kind of file is read. */
const READERS: Readonly<Record<string, (file: string, text: string) => ImportDraft>> = {
  tailscale: fromTailscale,
  cloudflare: fromCloudflare,
  csv: fromTable,
};

/** Takes over what another system allows, and proves that the answers are the same, or lists where they are not. */
const importOld = command({
  name: 'import',
  summary: 'Take over policies of another system, and compare its answers with ours',
  arguments: [
    { name: '<from>', description: 'tailscale, cloudflare or csv' },
    { name: '<file>', description: 'a HuJSON policy, Access as JSON, or a table' },
  ],
  options: [
    { flags: '--env <id>', description: 'where the services are', required: true },
    {
      flags: '--owner <team>',
      description: 'whose the files are',
      fallback: 'the first owner of guardrails.yaml',
    },
    { flags: '--write', description: 'write the files here; without, it is only shown' },
  ],
  examples: [
    'npx ztna import tailscale policy.hujson --env live',
    'npx ztna import cloudflare access.json --env live --owner platform --write',
    'npx ztna import csv people.csv --env lab',
  ],
  async run({ arguments: [from, name], options: { env, owner, write } }, context) {
    const { root, out, err } = context;
    const read = Object.hasOwn(READERS, from) ? READERS[from] : undefined;
    if (!read) throw new Fault(`there is no import from ${from}`, `use ${Object.keys(READERS).join(', ')}`);
    const { repository } = await loadValid(root);
    const environment = environmentOf(repository, env).value.id;
    const whose = owner ?? repository.guardrails?.value.owners[0]?.id;
    if (whose === undefined) throw new Fault('whose are the files?', 'add --owner with a team');
    const draft = read(name, textOf(name));
    const made = filesOf(draft, repository, { owner: whose, environment });
    const taken = [...made.files.keys()].find((path) => existsSync(join(root, path)));
    if (taken !== undefined) throw new Fault(`${taken} exists`, 'rename it, or the thing in the old system');
    const sources = [...made.files].map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
    const after = loadSources([...(await workingTree(root)), ...sources]);
    const now = context.now().getTime();
    const found = checkLoad(after, now).findings.filter(({ file }) => made.files.has(file));
    const findings = [...draft.findings, ...made.findings, ...found].sort(byPlace);
    err(textLines(findings.map(line)));
    const { errors, warnings } = count(findings);
    out(
      textLine(
        `${plural(made.files.size, 'file')}, ${plural(errors, 'error')}, ${plural(warnings, 'warning')}`,
      ),
    );
    if (errors > 0) return 1;
    const proof = proofOf(draft, after.repository, environment, now);
    out(proofText(proof));
    if (write)
      for (const [path, text] of made.files) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text, { flag: 'wx' });
      }
    else err(textLine('nothing is written without --write'));
    return proof.differences.length + proof.lost.length > 0 ? 1 : 0;
  },
});

function textOf(name: string): string {
  const file = resolve(name);
  if (!existsSync(file))
    throw new Fault(`there is no file ${name}`, 'name the file that the old system exported');
  if (!statSync(file).isFile())
    throw new Fault(`${name} is no file`, 'name the file that the old system exported');
  return readFileSync(file, 'utf8');
}

// A word of the language, which a name cannot be.
export { importOld as import };
