import { textBlock, textLine, textLines } from '../contract/terminal-text.ts';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type NewCompany, type NewEnvironment, newCompany } from '../adopt/company.ts';
import { initialize } from '../certificates/folder.ts';
import { Fault } from '../contract/fault.ts';
import { commitOf, isDirty } from '../git/git.ts';
import { loadValid } from '../load/load.ts';
import { FOLDERS } from '../load/sources.ts';
import { ensureKey, keyFile, LOCAL_KEY, publicHalf } from '../publish/keys/keys.ts';
import { command, type Context, type Option, type OptionsOf } from './shared/command.ts';
import { writeRelease } from './shared/release.ts';

/** The organization of the company that is delivered as an example. */
const SAMPLE = 'example';

/** Where `npx ztna certs` keeps an authority. */
const AUTHORITY = '.local/certs';

const OPTIONS = [
  { flags: '--organization <name>', description: 'your organization on GitHub' },
  {
    flags: '--env <id=region/account>',
    description:
      'an environment, such as prod=eu-central-1/111122223333; repeat it, in the order of delivery',
    many: true,
  },
  {
    flags: '--owner <team>',
    description: 'a GitHub team; repeat it, the first keeps guardrails and tools',
    many: true,
  },
  { flags: '--domain <name>', description: 'where intermediates get their names, such as ztna.example.com' },
  {
    flags: '--client-ca <file>',
    description: 'the authority of your client certificates, as PEM',
    fallback: `one is made in ${AUTHORITY}`,
  },
] as const satisfies readonly Option[];

/** Empties the sample company, and begins one's own. */
export const init = command({
  name: 'init',
  summary: 'Empty the sample company, and begin your own: organization, environments, owners',
  options: OPTIONS,
  examples: [
    'npx ztna init',
    'npx ztna init --organization example --env lab=eu-central-1/444455556666 --env live=eu-central-1/111122223333 --owner platform --domain ztna.example.com',
  ],
  async run({ options }, context) {
    const { root, out } = context;
    await refuseOther(context);
    const files = newCompany(await answersOf(options, context), {
      clientCa: await authorityOf(options.clientCa, context),
      trustedKey: keyOf(context),
    });
    for (const folder of FOLDERS) rmSync(join(root, folder), { recursive: true, force: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    // Before the first commit of the company: what it has of the tools is this release.
    writeRelease(root, await commitOf(root, 'HEAD'));
    const paths = [...files.keys()].map((path) => `  ${path}`);
    out(textLines([`the sample company is gone; ${files.size} files are yours:`, ...paths]));
    out(textBlock(NEXT));
    return 0;
  },
});

const NEXT = `next:
  npx ztna validate                  what is there so far
  npx ztna import csv people.csv     from a table, or from another system
  npx ztna github setup              branch rules and environments
  git add -A && git commit           nothing is committed yet
images have no digest until they are built: npx ztna digests
`;

/** Only the sample is emptied, and only where git has all of it. */
async function refuseOther({ root }: Context): Promise<void> {
  const { repository } = await loadValid(root);
  const organization = repository.guardrails?.value.organization;
  if (organization !== SAMPLE)
    throw new Fault(
      `this is the repository of ${organization ?? 'a company without guardrails'}, not the sample`,
      'nothing is emptied; edit it instead',
      { status: 1 },
    );
  if (await isDirty(root, FOLDERS))
    throw new Fault('the working tree has changes that this would lose', 'commit them, or put them aside');
}

/** What was said as options, and else what a person answers. @throws Fault where neither says it */
async function answersOf(options: OptionsOf<typeof OPTIONS>, context: Context): Promise<NewCompany> {
  const ask = async (given: string | undefined, question: string, flag: string): Promise<string> => {
    const answer = given ?? (await context.ask?.(`${question}: `));
    if (answer) return answer.trim();
    throw new Fault(`${flag} is missing`, `add ${flag}, or run this in a terminal, where it asks`);
  };
  const list = async (
    given: readonly string[] | undefined,
    question: string,
    flag: string,
  ): Promise<string[]> =>
    given ? [...given] : (await ask(undefined, question, flag)).split(/[\s,]+/).filter(Boolean);
  return {
    organization: await ask(options.organization, 'your organization on GitHub', '--organization'),
    environments: (
      await list(options.env, 'environments, as id=region/account, in the order of delivery', '--env')
    ).map(environmentOf),
    owners: await list(
      options.owner,
      'teams that own something, the first keeps guardrails and tools',
      '--owner',
    ),
    domain: await ask(options.domain, 'the domain below which intermediates get their names', '--domain'),
  };
}

function environmentOf(text: string): NewEnvironment {
  const [, id, region, account] = /^([^=]+)=([^/]+)\/(.+)$/.exec(text) ?? [];
  if (id === undefined || region === undefined || account === undefined)
    throw new Fault(`${text} is no environment`, 'write it as prod=eu-central-1/111122223333');
  return { id, region, account };
}

/** The certificate of the authority that was named, or of one that is made here. */
async function authorityOf(named: string | undefined, { root, now, err }: Context): Promise<string> {
  if (named !== undefined) return certificateIn(named);
  const file = join(root, AUTHORITY, 'ca.pem');
  if (!existsSync(file)) {
    await initialize(join(root, AUTHORITY), now());
    err(
      textLine(`made an authority for client certificates in ${AUTHORITY}, which git ignores: keep its key`),
    );
  }
  return certificateIn(file);
}

function certificateIn(file: string): string {
  if (!existsSync(file)) throw new Fault(`there is no file ${file}`, 'name the PEM file of the authority');
  const [certificate] =
    /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(readFileSync(file, 'utf8')) ?? [];
  if (certificate === undefined) throw new Fault(`${file} has no certificate`, 'name its PEM file');
  return `${certificate}\n`;
}

/** A key that signs on this machine; AWS has one of its own, which `npx ztna deploy` shows. */
function keyOf({ state }: Context) {
  const file = keyFile(state, LOCAL_KEY);
  ensureKey(file);
  return publicHalf(file, LOCAL_KEY)!;
}
