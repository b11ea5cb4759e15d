import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseInstant } from '../access/values/time-zone.ts';
import { sentence } from '../finding/finding.ts';
import { commitOf } from '../git/git.ts';
import { bodyOf } from '../github/propose/body.ts';
import { withdraw } from '../github/propose.ts';
import { loadSources, type LoadResult, loadValid } from '../load/load.ts';
import { expiryItems, expiryText, type Expiry } from '../output/expiry.ts';
import { durationOption } from './shared/values.ts';
import { checkLoaded } from '../check/loaded.ts';
import type { Command, Context } from './shared/command.ts';
import { connectTo, openPull, REPOSITORY } from './shared/github.ts';

/** The branch of the one pull request that removes what has expired. */
const BRANCH = 'ztna/expire';

/** Policies that have expired, or will soon; and the pull request that removes the former. */
export const expire: Command = {
  name: 'expire',
  summary: 'List policies that have expired or will soon, and remove those that have',
  options: [
    { flags: '--within <time>', description: 'what is soon: 36h or 14d', fallback: '14d' },
    { flags: '--write', description: 'delete the files of those that have expired, here' },
    {
      flags: '--execute',
      description: 'open a pull request that deletes them as they are committed; close it when none is left',
    },
    REPOSITORY,
  ],
  examples: ['npm run expire -- --within 30d', 'npm run expire -- --execute --repository example/access'],
  async run({ options }, context) {
    const execute = options['execute'] === true;
    const head = execute ? await commitOf(context.root, 'HEAD') : undefined;
    const loaded = await loadValid(context.root, head);
    const within = durationOption(options['within'] ?? '14d');
    const expiry = expiryOf(loaded, context.now().getTime(), within);
    context.out(expiryText(expiry));
    if (options['write'] === true) for (const { file } of expiry.expired) rmSync(join(context.root, file));
    if (head !== undefined) await settle(expiry, head, options, context);
    return 0;
  },
};

/** What has expired at an instant, what will soon, and what is wrong once the former is gone. */
function expiryOf(loaded: LoadResult, at: number, within: number): Expiry {
  const dated = [...loaded.repository.policies.values()].flatMap(({ file, value: { id, owner, when } }) =>
    when?.expires === undefined ? [] : [{ file, id, owner, expires: when.expires }],
  );
  const upTo = (end: number) => dated.filter(({ expires }) => parseInstant(expires) <= end);
  const expired = upTo(at);
  const soon = upTo(at + within).filter((one) => !expired.includes(one));
  return { expired, soon, breaks: breaksOf(loaded, new Set(expired.map(({ file }) => file)), at) };
}

/** What is wrong without some files, and is not with them: an access test may still ask for what is past. */
function breaksOf(loaded: LoadResult, gone: ReadonlySet<string>, at: number): string[] {
  if (gone.size === 0) return [];
  const errors = (one: LoadResult): string[] =>
    checkLoaded(one, at)
      .findings.filter(({ severity }) => severity === 'error')
      .map((finding) => `${finding.file}:${finding.line} ${sentence(finding)}`);
  const known = new Set(errors(loaded));
  const rest = [...loaded.texts].filter(([path]) => !gone.has(path));
  const without = loadSources(rest.map(([path, text]) => ({ path, bytes: Buffer.from(text) })));
  return errors(without).filter((one) => !known.has(one));
}

/** Makes the pull request say what is so now, or closes it. */
async function settle(
  { expired, soon, breaks }: Expiry,
  head: string,
  options: Record<string, unknown>,
  context: Context,
): Promise<void> {
  if (expired.length === 0) {
    const closed = await withdraw(await connectTo(options, context), BRANCH);
    if (closed !== undefined) context.out(`pull request ${closed} is closed: nothing is left to remove\n`);
    return;
  }
  const lists = [
    { title: 'They have expired', items: expiryItems(expired) },
    { title: 'These will soon', items: expiryItems(soon) },
    { title: 'This is wrong without them: mend it first', items: breaks },
  ];
  await openPull(options, context, {
    branch: BRANCH,
    on: head,
    title: 'Remove policies that have expired',
    body: bodyOf({
      says: ['An expired policy gives nobody anything and denies nobody anything.'],
      lists,
      difference: [],
    }),
    files: new Map(expired.map(({ file }) => [file, null])),
  });
}
