import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { print } from './print.ts';

const RUN = fileURLToPath(new URL('../../../images/bench/run.sh', import.meta.url));

/** A line of the benchmark's output; costs have the first three figures, other scenarios have their own. */
interface Result {
  readonly scenario: string;
  readonly perCpuSecond?: number;
  readonly microseconds?: number;
  readonly threads?: readonly number[];
}

/**
 * The intermediate server beside a plain forwarder (one `recv_from`, one `send_to`) in the same run, by delivered datagrams per
 * CPU second of the process that forwards. `scenarios` chooses; none is all.
 */
export function benchRelay(scenarios: readonly string[]): void {
  print('\n## Relay: delivered datagrams per CPU second\n');
  const run = spawnSync(RUN, scenarios, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (run.error) throw run.error;
  const results = run.stdout
    .split('\n')
    .filter(Boolean)
    .map((line): Result => JSON.parse(line));
  print(
    '| scenario | per CPU second | microseconds each | times the forwarder | more |\n|---|---:|---:|---:|---|',
  );
  for (const result of results) print(rowOf(result, results));
  if (run.status !== 0) throw new Error(`the benchmark ended with ${run.status ?? run.signal}`);
}

function rowOf(result: Result, all: readonly Result[]): string {
  const { scenario, perCpuSecond, microseconds, threads: _, ...more } = result;
  const size = /[0-9]+ B$/.exec(scenario)?.[0];
  const peer = all.find((one) => size !== undefined && one.scenario === `forwarder, ${size}`);
  const ratio = peer?.perCpuSecond && perCpuSecond ? (perCpuSecond / peer.perCpuSecond).toFixed(2) : '';
  const rest = Object.entries(more).map(([name, value]) => `${name} ${String(value)}`);
  return `| ${scenario} | ${perCpuSecond ?? ''} | ${microseconds ?? ''} | ${ratio} | ${rest.join(', ')} |`;
}
