/** Of each so many milliseconds another process may have to wait for so many. */
const [PERIOD_MS, WAIT_MS] = [500, 400];

/**
 * Lets this process go before another one while somebody waits for it: the other one is stopped, and goes on with what is
 * left of the processor, which is a fifth of it at least. A priority could be lowered by anybody, and raised again only
 * by root.
 */
export class Precedence {
  #pid: number | undefined;
  #waiting = 0;
  #late: NodeJS.Timeout | undefined;

  /** @param pid of the other process; undefined where there is none any more */
  over(pid: number | undefined): void {
    this.#resume();
    this.#pid = pid;
  }

  /** Somebody waits, until the function that it returns is called. */
  begin(): () => void {
    if (this.#waiting++ === 0) this.#stop();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.#waiting === 0) this.#resume();
    };
  }

  #stop(): void {
    const left = WAIT_MS - (performance.now() % PERIOD_MS);
    if (left > 0 && this.#signal('SIGSTOP')) this.#late = setTimeout(() => this.#resume(), left);
  }

  #resume(): void {
    if (this.#late === undefined) return;
    clearTimeout(this.#late);
    this.#late = undefined;
    this.#signal('SIGCONT');
  }

  /** @returns whether there is such a process */
  #signal(signal: 'SIGSTOP' | 'SIGCONT'): boolean {
    if (this.#pid === undefined) return false;
    try {
      return process.kill(this.#pid, signal);
    } catch (error) {
      // It has ended, which its parent is told.
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  }
}
