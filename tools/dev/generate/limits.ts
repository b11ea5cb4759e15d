import { CHUNK_BYTES, DEFAULT_RATES, LIMITS, type Rates } from '../../contract/limits.ts';
import { MISSED_RENEWALS, renewalSeconds } from '../../contract/log/liveness.ts';
import { KEPT_ENTRIES } from '../../publish/collect/collect.ts';
import { capacity, publishSeconds } from '../../report/capacity.ts';

/** An account with the higher-throughput setting: GetParameters and PutParameter (AWS's user guide). */
const HIGHER: Rates = { reads: 1000, writes: 10, deletes: 10 };

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---:'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const renewalRow = (components: number): string[] => {
  const seconds = renewalSeconds(components);
  return [String(components), `${seconds} s`, `${(MISSED_RENEWALS * seconds) / 60} minutes`];
};

/** How much one AWS account carries, computed from SSM's limits. */
export function limitsDocument(): string {
  const row = (rates: Rates) => (seconds: number) => {
    const { instances, spreadSeconds, reportSeconds } = capacity(seconds, rates);
    return [`${seconds} s`, instances, `${spreadSeconds} s`, `${reportSeconds} s`];
  };
  const head = ['poll every', 'instances', 'all have a new entry within', 'all have reported it within'];
  const chunks = [1, 10, 100, 600].map((count) => [
    count,
    `${Math.round((count * CHUNK_BYTES) / 1024)} KiB`,
    `${publishSeconds(count)} s`,
    `${publishSeconds(count, HIGHER)} s`,
  ]);
  return `# Limits

Computed from SSM Parameter Store's limits (\`tools/contract/limits.ts\`) by \`npm run generate\`; what the embedded
store shows at those rates is in [benchmarks](benchmarks.md).

## How many instances one account carries

An instance is one running component with its policy agent. A poll is one call. Polls may use half of the reads of
an account and region, so that the other half is left to fetch what is new; acks use a third of the writes. All
environments of the account share these.

At default rates (${DEFAULT_RATES.reads} reads and ${DEFAULT_RATES.writes} writes a second):

${table(head, [5, 10, 15, 30, 60].map(row(DEFAULT_RATES)))}

With the higher-throughput setting (${HIGHER.reads} reads and ${HIGHER.writes} writes a second, paid by the call):

${table(head, [5, 10, 30].map(row(HIGHER)))}

A few hundred instances at default rates, then: beyond that, poll less often, turn the setting on, or give an
environment an account of its own. A revocation is enforced when the slowest instance has polled, and an enforcement
file ends with its lease whatever happens to the store.

## When a silent instance is gone

Every instance writes its ack again although nothing has changed, and is gone when it has missed three renewals. With one
instance for each component, renewals use a ninth of the writes at default rates; with three, all that acks may use.

${table(['components', 'renewed within', 'gone after'], [10, 100, 200, 300, 1000].map(renewalRow))}

## How long publishing takes

| new chunks | compressed | at default rates | with higher throughput |
| ---: | ---: | ---: | ---: |
${chunks.map((row) => `| ${row.join(' | ')} |`).join('\n')}

A part whose content has not changed is not written again. A part is at most
${LIMITS.partBytes / 1024 / 1024} MiB, ${LIMITS.partCompressedBytes / 1024 / 1024} MiB compressed.

## How many parameters

An account has ${LIMITS.parametersPerAccount.toLocaleString('en-US')} standard parameters. An environment uses one
for its head, one for each instance that reported and is not gone, and for each of the last ${KEPT_ENTRIES} entries one, its
index, and those parts that no other entry has. \`npx ztna collect\` removes the rest, a day after it was last needed.
`;
}
