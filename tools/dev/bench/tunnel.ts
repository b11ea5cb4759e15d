import { fileURLToPath } from 'node:url';
import { benchAims, each, figure, type Result, resultOf, type FigureRow } from './aims.ts';
import { print } from './print.ts';

/** The program that measures. */
export const MEASURES = fileURLToPath(new URL('../../tunnel-checks/measures/main.ts', import.meta.url));

/** Bytes in a MiB. */
const MIB = 2 ** 20;

/** The paths of transfers, and the least Mbit/s of each: 30 ms are there and back. */
const GOODPUT = [
  ['clean', 'nothing between', undefined],
  ['far', 'at 30 ms', 50],
  ['lossy', 'at 30 ms with 1 % lost', 5],
] as const;

/**
 * The whole way from an agent to a backend beside a direct connection in the same run. `words` are those of the program that
 * measures: which measures, where, of which programs; none is all.
 */
export function benchTunnel(words: readonly string[]): void {
  print('\n## Tunnel\n');
  benchAims([process.execPath, ...process.execArgv, MEASURES, ...words], rows, conditions);
}

/** A row for each figure that was measured. */
export function rows(results: readonly Result[]): FigureRow[] {
  const of = (scenario: string) => resultOf(results, scenario);
  return [
    ...GOODPUT.flatMap(([path, where, least]) =>
      each(of(`goodput, ${path}`), (found) => [
        goodput(`goodput ${where}, to the client`, found, 'down', least),
        goodput(`goodput ${where}, to the backend`, found, 'up', least),
      ]),
    ),
    ...GOODPUT.flatMap(([path, where]) =>
      each(of(`first byte, ${path}`), (found) => [
        beside(`time to first byte ${where}`, found, 'milliseconds', (value) => `${value.toFixed(1)} ms`),
      ]),
    ),
    ...each(of('connections'), (found) => [
      beside('connections a second, 200 bytes there and back', found, 'perSecond', (value) =>
        value.toFixed(0),
      ),
    ]),
    ...each(of('fairness'), (found) => [fairness(found)]),
    ...memory(results),
  ];
}

/** A fast agent must keep 80 % of what it has alone. */
function fairness(found: Result): FigureRow {
  const [alone, beside, slow] = ['alone', 'beside', 'slow'].map((name) => figure(found, name)) as [
    number,
    number,
    number,
  ];
  const share = beside / alone;
  const seen = `${Math.round(share * 100)} % (${beside.toFixed(0)} of ${alone.toFixed(0)} Mbit/s; they have ${slow.toFixed(1)})`;
  const what = 'goodput at 30 ms, to one client beside 20 flows to another on a link of 5 Mbit/s';
  return { what, aim: 'at least 80 % of alone', seen, held: share >= 0.8 };
}

function goodput(what: string, found: Result, way: 'down' | 'up', least: number | undefined): FigureRow {
  const row = beside(what, found, way, (value) => `${value.toFixed(value < 10 ? 1 : 0)} Mbit/s`);
  if (least === undefined) return row;
  return { ...row, aim: `at least ${least} Mbit/s`, held: figure(found, way) >= least };
}

/** What was seen through the tunnel, and without it where there was such a way. */
function beside(what: string, found: Result, name: string, text: (value: number) => string): FigureRow {
  const direct = `direct${name[0]!.toUpperCase()}${name.slice(1)}`;
  const without = direct in found ? ` (direct ${text(figure(found, direct))})` : '';
  return { what, aim: '', seen: `${text(figure(found, name))}${without}` };
}

/** What the connector holds; 10,000 connections must fit 1 GiB. */
function memory(results: readonly Result[]): FigureRow[] {
  return results
    .filter(({ scenario }) => scenario.startsWith('memory, '))
    .map((found) => {
      const connections = figure(found, 'connections');
      const mebibytes = figure(found, 'resident') / MIB;
      const seen = `${Math.round(mebibytes)} MiB`;
      const what = `memory of the app connector, ${connections} connections`;
      return connections < 10_000
        ? { what, aim: '', seen }
        : { what, aim: 'at most 1024 MiB', seen, held: mebibytes <= 1024 };
    });
}

/** Where and beside what it was measured. */
function conditions(results: readonly Result[]): string {
  const [where, end] = [resultOf(results, 'where'), resultOf(results, 'end')];
  if (!where) return '';
  const congestion = String(where['congestion']);
  const load = [where, end].flatMap((one) => (one ? [figure(one, 'load').toFixed(1)] : [])).join(' to ');
  return `Hosts are ${String(where['placement'])}; direct is the kernel's TCP (${congestion}); load average ${load}.`;
}
