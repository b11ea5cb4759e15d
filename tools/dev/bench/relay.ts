import { fileURLToPath } from 'node:url';
import { benchAims, each, figure, type Result, resultOf, type FigureRow } from './aims.ts';
import { print } from './print.ts';

const RUN = fileURLToPath(new URL('../../../images/bench/run.sh', import.meta.url));

/** Bytes in a kB of the aims. */
const KB = 1000;

/**
 * The intermediate server beside a plain forwarder (one `recv_from`, one `send_to`) in the same run, by delivered datagrams per
 * CPU second of the process that forwards, with the aims beside what was seen. `scenarios` chooses; none is all.
 */
export function benchRelay(scenarios: readonly string[]): void {
  print('\n## Relay\n');
  benchAims([RUN, ...scenarios], rows);
}

/** A row for each figure whose scenarios were run. */
export function rows(results: readonly Result[]): FigureRow[] {
  const of = (scenario: string) => resultOf(results, scenario);
  const overForwarder = (what: string, size: string, least: number): FigureRow[] => {
    const [own, peer] = [of(`${what}, ${size}`), of(`forwarder, ${size}`)];
    if (!own || !peer) return [];
    const ratio = figure(own, 'perCpuSecond') / figure(peer, 'perCpuSecond');
    const costs = `${figure(own, 'microseconds')} against ${figure(peer, 'microseconds')} µs each`;
    const seen = `${ratio.toFixed(2)} (${costs})`;
    return [
      { what: `${what}, ${size}`, aim: `at least ${least} of the forwarder`, seen, held: ratio >= least },
    ];
  };
  return [
    ...overForwarder('one agent', '1200 B', 0.7),
    ...overForwarder('one agent', '200 B', 1),
    ...overForwarder('100 agents', '1200 B', 0.25),
    ...besideIdle(of('one agent, 1200 B'), of('one agent beside 1,000 idle, 1200 B')),
    ...each(of('idle'), idle),
    ...each(of('two endpoint tasks'), endpointTasks),
    ...each(of('handshakes'), (found) => [
      row(
        'mTLS handshakes',
        `${figure(found, 'perSecond')} a second, ${figure(found, 'perCpuSecond')} a CPU second`,
      ),
    ]),
    ...each(of('round trip at half load'), (found) => [
      row('round trip at half load', `p50 ${milliseconds(found, 'p50')}, p99 ${milliseconds(found, 'p99')}`),
    ]),
    ...each(of('churn'), (found) => [
      row(
        `${figure(found, 'clients')} clients that came and went in ${figure(found, 'seconds')} s`,
        `at most ${Math.round(figure(found, 'mostBytes') / 2 ** 20)} MiB`,
      ),
    ]),
  ];
}

const row = (what: string, seen: string): FigureRow => ({ what, aim: '', seen });

function besideIdle(alone: Result | undefined, beside: Result | undefined): FigureRow[] {
  if (!alone || !beside) return [];
  const [before, after] = [figure(alone, 'microseconds'), figure(beside, 'microseconds')];
  const change = after / before;
  return [
    {
      what: 'one agent beside 1,000 idle connections, 1200 B',
      aim: 'at most 1.5 of what it is alone',
      seen: `${change.toFixed(2)} (${after} against ${before} µs each)`,
      held: change <= 1.5,
    },
  ];
}

function idle(found: Result): FigureRow[] {
  const [bytes, core] = [figure(found, 'bytesEach'), figure(found, 'core')];
  const what = `${figure(found, 'connections')} idle connections`;
  return [
    { what, aim: 'at most 32 kB each', seen: `${(bytes / KB).toFixed(1)} kB`, held: bytes <= 32 * KB },
    { what, aim: 'at most 5 % of a core', seen: `${(100 * core).toFixed(1)} %`, held: core <= 0.05 },
  ];
}

function endpointTasks(found: Result): FigureRow[] {
  const shares = found['shares'] as number[];
  const dearer = figure(found, 'two') / figure(found, 'one');
  const costs = `${figure(found, 'two').toFixed(1)} against ${figure(found, 'one').toFixed(1)} µs each`;
  const even = shares.length === 2 && shares.every((share) => 40 <= share && share <= 60);
  const what = 'two endpoint tasks on two cores, 100 agents';
  return [
    { what, aim: '40 to 60 % each', seen: shares.map((share) => `${share} %`).join(', '), held: even },
    {
      what,
      aim: 'at most 1.1 of what one takes on one core',
      seen: `${dearer.toFixed(2)} (${costs})`,
      held: dearer <= 1.1,
    },
  ];
}

const milliseconds = (found: Result, name: 'p50' | 'p99'): string =>
  `${(figure(found, `${name}Microseconds`) / 1000).toFixed(2)} ms`;
