import { FAULTS, type InjectedFault } from './faults.ts';

/** Counts, for each step, how often it was taken and what went wrong with it. */
export class Coverage {
  readonly steps = new Map<string, Map<InjectedFault | 'nothing', number>>();

  add(step: string, fault: InjectedFault | undefined): void {
    const counts = this.steps.get(step) ?? new Map<InjectedFault | 'nothing', number>();
    counts.set(fault ?? 'nothing', (counts.get(fault ?? 'nothing') ?? 0) + 1);
    this.steps.set(step, counts);
  }

  /** How often something went wrong, of one kind or of all. */
  faults(kind?: InjectedFault): number {
    const counted = (counts: Map<InjectedFault | 'nothing', number>) =>
      (kind ? [kind] : FAULTS).reduce((sum, fault) => sum + (counts.get(fault) ?? 0), 0);
    return [...this.steps.values()].reduce((sum, counts) => sum + counted(counts), 0);
  }

  /** The steps, of those expected and those seen, before or after which nothing ever crashed. */
  uncrashed(expected: readonly string[]): string[] {
    const crashes = (step: string, fault: InjectedFault) => this.steps.get(step)?.get(fault) ?? 0;
    return [...new Set([...expected, ...this.steps.keys()])].filter(
      (step) => crashes(step, 'crash before') === 0 || crashes(step, 'crash after') === 0,
    );
  }

  /** A table: a row for each step, a column for each fault. */
  table(): string {
    const head = ['step', 'taken', ...FAULTS];
    const rows = [...this.steps]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([step, counts]) => rowOf(step, counts));
    const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
    const line = (row: readonly string[]) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('  ');
    return [head, ...rows].map(line).join('\n');
  }
}

function rowOf(step: string, counts: Map<InjectedFault | 'nothing', number>): string[] {
  const taken = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [step, String(taken), ...FAULTS.map((fault) => String(counts.get(fault) ?? '-'))];
}

/** Every step of a publish and of a follow: a proof in which one of them never crashed has not looked at it. */
export const STEPS: readonly string[] = [
  'publish: read head',
  'publish: list log',
  'publish: read log',
  'publish: read part',
  'publish: create part',
  'publish: sign',
  'publish: create log',
  'publish: write head',
  'follow: read head, log, ack',
  'follow: read head, log',
  'follow: read log',
  'follow: list log',
  'follow: read part',
  'follow: read state.json',
  'follow: read slot',
  'follow: write slot',
  'follow: write enforcement.json',
  'follow: remove enforcement.json',
  'follow: confirm',
  'follow: ask for run',
  'follow: ask for figures',
  'follow: write state.json',
  'follow: write ack',
];
