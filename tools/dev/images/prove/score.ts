/** What was proved, what was not, and what could not be tried. */
export class Score {
  passed = 0;
  failed = 0;
  skipped = 0;
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Counts and says one result. */
  tell(result: 'ok' | 'FAIL' | 'skip', what: string): void {
    this[({ ok: 'passed', FAIL: 'failed', skip: 'skipped' } as const)[result]] += 1;
    this.#say(`${result.padEnd(4)} ${what}`);
  }

  /** Says what something came to, and with what it failed where it did. */
  async try(what: string, work: () => Promise<string | void> | string | void): Promise<boolean> {
    const began = Date.now();
    try {
      const measured = await work();
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      this.tell('ok', `${what} (${[measured, `${seconds} s in all`].filter(Boolean).join('; ')})`);
      return true;
    } catch (error) {
      const { message, details } = error as Error & { details?: string | false };
      this.tell(
        'FAIL',
        `${what}\n${[message, details || ''].join('\n').trimEnd().replace(/^/gm, '       ')}`,
      );
      return false;
    }
  }

  /** Counts what a program counted, whose last line is like `line`; one that ended without it has failed. */
  add(output: string): void {
    const counts = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(output)?.slice(1).map(Number);
    const [passed, failed, skipped] = counts ?? [0, 1, 0];
    this.passed += passed!;
    this.failed += failed!;
    this.skipped += skipped!;
  }

  get line(): string {
    return `${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`;
  }
}
