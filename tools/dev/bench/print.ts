/** Writes a line of the report. */
export const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** `12 ms`, with a decimal below ten. */
export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** A row of a table: what, how long, the most memory held so far. */
export function row(name: string, time: number, note = ''): void {
  print(`| ${name} | ${ms(time)} | ${peakMib()} MiB | ${note} |`);
}

/** What a piece of work gives, and how many milliseconds it took. */
export function timed<T>(work: () => T): [T, number] {
  const start = performance.now();
  return [work(), performance.now() - start];
}

/** The middle of several figures. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The most memory that this process has held, in MiB; `maxRSS` is in KiB. */
export function peakMib(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
