import type { EnvironmentDifference } from '../../contract/shapes.ts';
import { prose, say } from '../../contract/sentence.ts';
import { differenceLines } from '../../output/difference.ts';
import { digestItems, expiryItems } from '../../output/proposals.ts';
import { policyItem } from '../../output/recertification.ts';
import { markdown } from '../../output/media/markdown.ts';
import type { ChangePlan } from '../../propose/change.ts';
import type { DigestChange } from '../../propose/digests.ts';
import type { Expiry } from '../../propose/expire.ts';
import type { GrantPlan } from '../../propose/grant.ts';
import type { Purpose } from '../../propose/proposal.ts';
import type { Recertification } from '../../propose/recertify.ts';
import type { Revert } from '../../propose/revert.ts';
import { fitted, plain, written } from '../comment/cut.ts';

/** Items under a title; where there are boxes to tick, whether each is. */
interface List {
  title: string;
  items: readonly string[];
  boxes?: readonly boolean[];
}

/** What a pull request of ours says; texts may hold what people wrote. */
interface Words {
  title: string;
  /** Sentences, a paragraph each. */
  says: readonly string[];
  lists?: readonly List[];
  difference: readonly EnvironmentDifference[];
}

/** The title and the body of a pull request, within GitHub's limit; in the body nothing that people wrote has a meaning. */
export function wordsOf(purpose: Purpose): { title: string; body: string } {
  const words = wordsFor(purpose);
  return { title: words.title, body: bodyOf(words) };
}

function wordsFor(purpose: Purpose): Words {
  switch (purpose.kind) {
    case 'grant':
      return grantWords(purpose.grant);
    case 'digests':
      return digestsWords(purpose.changes);
    case 'expiry':
      return expiryWords(purpose.expiry);
    case 'recertification':
      return recertificationWords(purpose.recertification);
    case 'revert':
      return revertWords(purpose.revert, purpose.reason);
    case 'change':
      return changeWords(purpose.plan, purpose.difference);
  }
}

function grantWords({ policy: { description, ticket, when }, difference }: GrantPlan): Words {
  const title = `${description}${ticket === undefined ? '' : ` (${ticket})`}`;
  return { title, says: [`${title}.`, `It ends by itself at ${when!.expires}.`], difference };
}

function digestsWords(changes: readonly DigestChange[]): Words {
  const [{ environment }] = changes as [DigestChange];
  return {
    title: `New images in ${environment}`,
    says: [
      'Each was built and signed by the workflow Images. Merging replaces the programs ring by ring; reverting brings the ones before back.',
    ],
    lists: [{ title: 'Images', items: digestItems(changes) }],
    difference: [],
  };
}

function expiryWords({ expired, soon, breaks }: Expiry): Words {
  return {
    title: 'Remove policies that have expired',
    says: ['An expired policy gives nobody anything and denies nobody anything.'],
    lists: [
      { title: 'They have expired', items: expiryItems(expired) },
      { title: 'These will soon', items: expiryItems(soon) },
      { title: 'This is wrong without them: fix it first', items: breaks },
    ],
    difference: [],
  };
}

function recertificationWords({
  owner,
  quarter,
  until,
  policies,
  part,
  parts,
  breaks,
}: Recertification): Words {
  return {
    title: `Who still needs what ${owner} gives: ${quarter}${parts > 1 ? ` (${part} of ${parts})` : ''}`,
    says: [
      'Tick the box of what is still needed: within a day this pull request then writes that into the policy, and nothing else. What nobody ticks ends by itself.',
      `A tick decides nothing: whoever approves this pull request confirms what its files say. Merge it when you are done: what is not ticked then ends at ${until}. Closed without that it is opened anew.`,
    ],
    lists: [
      {
        title: 'Who reaches what, and since when',
        items: policies.map(policyItem),
        boxes: policies.map(({ confirmed }) => confirmed),
      },
      { title: 'This is wrong once they end: fix it first', items: breaks },
    ],
    difference: [],
  };
}

function revertWords(
  { environment, to, undone, files, difference }: Revert,
  reason: string | undefined,
): Words {
  const kept = difference.after.slice(0, 12);
  const entries = undone.map(
    ({ sequence, commit, reason: why }) => `${sequence}: ${commit!.slice(0, 12)}: ${why}`,
  );
  const paths = [...files].map(([path, wanted]) => `${wanted === null ? 'deletes' : 'writes'} \`${path}\``);
  return {
    title: `Revert to entry ${to} of ${environment}`,
    says: [
      `Policies and environments as of commit ${kept}, which entry ${to} of ${environment} was built from.`,
      ...(reason === undefined ? [] : [reason]),
    ],
    lists: [
      { title: 'Entries since', items: entries },
      { title: 'Files', items: paths },
    ],
    difference: difference.environments,
  };
}

function changeWords(
  { title, reason, files }: ChangePlan,
  difference: readonly EnvironmentDifference[],
): Words {
  const paths = [...files].map(([path, wanted]) => `${wanted === null ? 'deletes' : 'writes'} \`${path}\``);
  return {
    title: title.slice(0, TITLE),
    says: [`${title}.`, ...(reason === undefined ? [] : [reason])],
    lists: [{ title: 'Files', items: paths }],
    difference,
  };
}

/** Characters of a title that GitHub takes. */
const TITLE = 250;

function bodyOf({ says, lists = [], difference }: Words): string {
  const listed = lists.filter(({ items }) => items.length > 0);
  const sections = [
    plain(says.flatMap((text) => [[prose(text)], []])),
    ...listed.map(({ title, items, boxes }) => {
      const box = (index: number) => (!boxes ? say`` : boxes[index] ? say`[x] ` : say`[ ] `);
      const lines = items.map((text, index) => say`- ${box(index)}${prose(text)}`);
      return plain([say`**${prose(title)}**`, [], ...lines, []]);
    }),
    plain(differenceLines(difference)),
  ];
  return fitted(written(sections), markdown(say`The comment below has the rest`)).trimEnd();
}
