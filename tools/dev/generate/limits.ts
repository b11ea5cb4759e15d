import { LOG_READS, lookReads } from '../../deliver/calls.ts';
import { CHUNK_BYTES, DEFAULT_RATES, HIGHER_RATES, LIMITS, type Rates } from '../../contract/limits.ts';
import {
  callsFor,
  FETCHING,
  fetchCalls,
  indexChunks,
  LOOKING,
  pagesFor,
  POLLING,
  WORKING,
} from '../../contract/log/budget.ts';
import { MISSED_RENEWALS, renewalSeconds } from '../../contract/log/liveness.ts';
import { KEPT_ENTRIES, KEPT_RECORDS, LOGGED_ENTRIES } from '../../publish/collect/collect.ts';
import { capacity, parametersOf, publishSeconds } from '../../report/capacity.ts';

/** What stays in a store that is collected. */
const KEPT = { whole: KEPT_ENTRIES, logged: LOGGED_ENTRIES, records: KEPT_RECORDS };

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---:'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const minutes = (seconds: number): string =>
  seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 6) / 10} minutes`;

const capacityTable = (rates: Rates, polls: readonly number[]): string =>
  table(
    [
      'poll every',
      'instances',
      'as many as',
      'all have it within',
      'all have said so within',
      'a merge waits',
      'looks every',
    ],
    polls.map((seconds) => {
      const { instances, bound, ...rest } = capacity(seconds, KEPT, rates);
      const { spreadSeconds, reportSeconds, patienceSeconds, lookSeconds } = rest;
      const waits = [spreadSeconds, reportSeconds, patienceSeconds, lookSeconds].map(minutes);
      return [`${seconds} s`, instances, bound, ...waits];
    }),
  );

const renewalRow = (components: number): string[] => {
  const gone = (seconds: number): string => `${(MISSED_RENEWALS * seconds) / 60} minutes`;
  const [one, more] = [renewalSeconds(components), renewalSeconds(components, 6)];
  return [String(components), `${one} s`, gone(one), `${more} s`, gone(more)];
};

/** The reads and writes of a command, by how many components and instances there are, one of each. */
const commandRow = (components: number): (string | number)[] => {
  const survey = pagesFor(components) + 2 + callsFor(indexChunks(components));
  const states = survey + callsFor(components);
  return [
    components,
    survey,
    `about ${states + 2 * callsFor(components)}`,
    `about ${states + 1 + 3 * LOG_READS + LOG_READS + 2}`,
    lookReads(components),
    fetchCalls(components),
  ];
};

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

const { reads, lists, writes } = HIGHER_RATES;

/** How much one AWS account carries, computed from SSM's limits. */
export function limitsDocument(): string {
  const chunks = [1, 10, 100, 600].map((count) => [
    count,
    `${Math.round((count * CHUNK_BYTES) / 1024)} KiB`,
    `${publishSeconds(count)} s`,
    `${publishSeconds(count, HIGHER_RATES)} s`,
  ]);
  const hundreds = [100, 300, 1000].map((components) => [
    components,
    parametersOf({ components, instances: components, kept: KEPT }),
    parametersOf({ components, instances: 3 * components, kept: KEPT }),
  ]);
  return `# Limits

Computed from SSM Parameter Store's limits (\`tools/contract/limits.ts\`) by \`npm run generate\`, by the functions that
pace, wait and spread (\`tools/contract/log/budget.ts\`); what the embedded store shows at those rates is in
[benchmarks](benchmarks.md).

## How the calls are shared out

All environments of an account and region share its calls. Of the reads, polls use ${percent(POLLING)}, instances that fetch what is
new ${percent(FETCHING)}, the looks of a delivery ${percent(LOOKING)}, and publishers, scheduled jobs and people the remaining ${percent(WORKING)}. Of the writes, acks use
a third, and publishers the rest. A poll is one call. With each ack goes one more read: how many instances share the
component's part of the writes.

## How many instances one account carries

An instance is one running component with its policy agent; here each component has one.

At default rates (${DEFAULT_RATES.reads} reads and ${DEFAULT_RATES.writes} writes a second):

${capacityTable(DEFAULT_RATES, [5, 10, 15, 30, 60, 300])}

With the higher-throughput setting (${reads} reads, ${lists} lists and ${writes} writes a second, paid by the call):

${capacityTable(HIGHER_RATES, [1, 5, 10, 30])}

A few hundred instances at default rates, then, and a few thousand at most, as an account has parameters for no more.
A revocation is enforced when the slowest instance has polled and fetched it; that all have said so comes later, as
acks wait their turn. An enforcement file ends with its lease whatever happens to the store.

### Beyond that

1. Poll less often: \`bundle.pollSeconds\`.
2. Say in each environment what it may use of the higher-throughput setting:

   \`\`\`yaml
   bundle:
     storeRates: { reads: ${reads}, lists: ${lists}, writes: ${writes} }
   \`\`\`

   The account's stack turns the setting on where an environment says more than the default, once for the account and
   region, and off again where none does: apply it right after the merge; until then calls that are too many are tried
   again. It is paid by the call. Where Terraform is not used:

   \`\`\`
   aws ssm update-service-setting --setting-value true \\
     --setting-id arn:aws:ssm:<region>:<account>:servicesetting/ssm/parameter-store/high-throughput-enabled
   \`\`\`

   Commands then make their calls, and instances spread their acks, at those rates. Environments that share an account
   each say their share of it, such as half.
   Policy agents of a release before this one refuse a part that says its rate: upgrade them first.
3. Give an environment an account, or a region, of its own: each has calls and parameters of its own. One
   environment that is too large for an account is divided, by region or by department, into several.

## When a silent instance is gone

Every instance writes its ack again although nothing has changed, and is gone when it has missed three renewals. Each
component has an equal part of the writes, and its instances share that: up to three renew as often as one does, more
of them less often. At default rates:

${table(['components', 'renewed within', 'gone after', 'with six instances each', 'gone after'], [10, 100, 200, 300, 1000].map(renewalRow))}

## How many calls a command makes

With one instance for each component. Each command says all of its calls before it writes, those that the plan took
among them, and a test compares them with what an embedded store is asked.

${table(
  [
    'components',
    'reads of `heartbeat`',
    'of `rollback --now`',
    'of `merge`, beside its looks',
    'of such a look',
    'of an instance that fetches',
  ],
  [10, 100, 300, 1000, 3000].map(commandRow),
)}

Most of it is the acks, ten a call; what was read once is not read again: a merge lists them to say what it will do, and after
that only where it looks how far instances are. Each ring more is ${LOG_READS} reads of the log, and ${2} for every ten chunks. While a merge waits for a ring of a few
components, only theirs are read. The pause between two looks grows with what one takes. An instance finds its own part by
as many reads, however many components there are: an index that one call does not read is published in pages beside, of
which each instance reads its own ([decisions](decisions.md)).

## How long publishing takes

Beside all that polls and reports:

| new chunks | compressed | at default rates | with higher throughput |
| ---: | ---: | ---: | ---: |
${chunks.map((row) => `| ${row.join(' | ')} |`).join('\n')}

A part whose content has not changed is not written again. A part is at most
${LIMITS.partBytes / 1024 / 1024} MiB, ${LIMITS.partCompressedBytes / 1024 / 1024} MiB compressed.

## How many parameters

An account has ${LIMITS.parametersPerAccount.toLocaleString('en-US')} standard parameters. An environment uses one
for its head, one for each instance that reported and is not gone, one or more for each component's part, one for each of
the last ${LOGGED_ENTRIES.toLocaleString('en-US')} entries and ${KEPT_RECORDS} records of deliveries, and for each of the last ${KEPT_ENTRIES} entries its index, with the pages of a
large one, and those parts that no other entry has. With parts of one chunk, two of which are new in each entry:

${table(['components', 'parameters', 'with three instances each'], hundreds)}

\`npx ztna collect\` removes the rest, a day after it was last needed: what a day adds comes on top.
`;
}
