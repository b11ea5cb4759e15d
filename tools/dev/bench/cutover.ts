import { figure, type Result, resultOf, resultsOf } from './aims.ts';
import { median, print } from './print.ts';
import { MEASURES } from './tunnel.ts';

/** Both deployments, by the placement in which each is measured. */
const DEPLOYMENTS = { together: 'everything on one host', namespaces: 'each component on a host' } as const;
type Deployed = keyof typeof DEPLOYMENTS;

/** How often both are measured, one after the other: what else the machine does concerns both. */
const ROUNDS = 3;

/** A figure of both: where it is said, and how it is written. */
interface Compared {
  what: string;
  scenario: string;
  name: string;
  text: (value: number) => string;
}

const rate = (value: number): string => `${value.toFixed(0)} Mbit/s`;
const seconds = (value: number): string => `${value.toFixed(1)} s`;
const processor = (name: string, what: string): Compared => ({
  ...{ what: `processor of the ${what}, for a GB`, scenario: 'processor, clean', name, text: seconds },
});

const FIGURES: readonly Compared[] = [
  { what: 'transfer to the client', scenario: 'goodput, clean', name: 'down', text: rate },
  { what: 'transfer to the backend', scenario: 'goodput, clean', name: 'up', text: rate },
  {
    ...{ what: 'time to first byte', scenario: 'first byte, clean', name: 'milliseconds' },
    text: (value) => `${value.toFixed(2)} ms`,
  },
  {
    ...{ what: 'connections a second', scenario: 'connections', name: 'perSecond' },
    text: (value) => value.toFixed(0),
  },
  processor('agent', 'agent'),
  processor('intermediate', 'intermediate server'),
  processor('connector', 'app connector'),
];

/**
 * The same load on the distributed deployment and on everything on one host, in one run. The client and its agent are on a
 * host of their own in both. @param words of the program that measures, such as `--programs`
 */
export function benchCutover(words: readonly string[]): void {
  const runs: Record<Deployed, Result[][]> = { together: [], namespaces: [] };
  for (let round = 0; round < ROUNDS; round += 1)
    for (const placement of Object.keys(DEPLOYMENTS) as Deployed[])
      runs[placement].push(measured(placement, words));
  print(`\n## Cutover\n\n${table(runs)}\n`);
  const loads = Object.values(runs).flatMap((all) =>
    all.flatMap((one) => figure(resultOf(one, 'end')!, 'load')),
  );
  print(
    `The middle of ${ROUNDS}, with the least and the most; load average ${range(loads, (load) => load.toFixed(1))}.`,
  );
}

function measured(placement: Deployed, words: readonly string[]): Result[] {
  const command = [
    process.execPath,
    ...process.execArgv,
    MEASURES,
    'clean',
    '--placement',
    placement,
    ...words,
  ];
  const { results, ended } = resultsOf(command);
  if (ended !== 0) throw new Error(`the benchmark of ${DEPLOYMENTS[placement]} ended with ${ended}`);
  return results;
}

/** Both beside each other, and the same without a tunnel, which must not differ. @param runs all results, by deployment */
export function table(runs: Readonly<Record<Deployed, readonly (readonly Result[])[]>>): string {
  const all = Object.keys(DEPLOYMENTS) as Deployed[];
  const rows = [...FIGURES, ...FIGURES.flatMap(directly)].map((one) => {
    const cells = all.map((placement) =>
      range(
        runs[placement].map((results) => valueOf(results, one)),
        one.text,
      ),
    );
    return `| ${one.what} | ${cells.join(' | ')} |`;
  });
  return [`| | ${all.map((one) => DEPLOYMENTS[one]).join(' | ')} |`, '|---|---|---|', ...rows].join('\n');
}

/** The same figure without a tunnel, where there is one. */
function directly(one: Compared): Compared[] {
  if (one.scenario === 'processor, clean') return [];
  const name = `direct${one.name[0]!.toUpperCase()}${one.name.slice(1)}`;
  return [{ ...one, what: `${one.what}, without a tunnel`, name }];
}

function valueOf(results: readonly Result[], { scenario, name }: Compared): number {
  const found = resultOf(results, scenario);
  if (!found) throw new Error(`there is no figure of: ${scenario}`);
  return figure(found, name);
}

function range(values: readonly number[], text: (value: number) => string): string {
  return `${text(median(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))})`;
}
