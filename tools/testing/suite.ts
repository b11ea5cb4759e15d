import { writeSync } from 'node:fs';
import { suite as uvuSuite } from 'uvu';

type Body<T> = (context: T) => void | Promise<void>;

/** A suite of uvu without `only`, whose skips need a reason. */
export interface Suite<T> {
  (name: string, body: Body<T>): void;
  /** Says that a test cannot run here, and why; it is counted and listed. */
  skip(name: string, reason: string): void;
  before: { (hook: Body<T>): void; each(hook: Body<T>): void };
  after: { (hook: Body<T>): void; each(hook: Body<T>): void };
  run(): void;
}

/** What became of one suite. */
export interface SuiteReport {
  suite: string;
  registered: number;
  passed: number;
  skipped: { name: string; reason: string }[];
  /** Whether `run` was called. */
  ran: boolean;
}

/** The file descriptor on which the parent of a test process reads the reports, where there is one. */
export const REPORT_DESCRIPTOR = 3;

const reports: SuiteReport[] = [];

if (process.env['ZTNA_TEST_REPORT']) {
  process.on('exit', () => writeSync(REPORT_DESCRIPTOR, JSON.stringify(reports)));
}

/**
 * A suite whose tests are counted when they are registered and again when they pass: uvu alone says nothing
 * of a suite that was never run, or whose `before` threw.
 */
export function suite<T = Record<string, unknown>>(name: string): Suite<T> {
  const inner = uvuSuite<T>(name);
  const report: SuiteReport = { suite: name, registered: 0, passed: 0, skipped: [], ran: false };
  reports.push(report);
  const test = (title: string, body: Body<T>): void => {
    report.registered++;
    inner(title, async (context) => {
      await body(context as T);
      report.passed++;
    });
  };
  return Object.assign(test, {
    skip: (title: string, reason: string) => void report.skipped.push({ name: title, reason }),
    before: inner.before as Suite<T>['before'],
    after: inner.after as Suite<T>['after'],
    run: () => {
      report.ran = true;
      inner.run();
    },
  });
}
