import { overwritten, textLine } from '../../contract/terminal-text.ts';
import type { Context } from './command.ts';

/** Shows how far long work is. */
export interface Progress {
  step(text: string): void;
  /** Clears what a terminal still shows. */
  end(): void;
}

/** Between two lines where nobody looks on, in milliseconds. */
const INTERVAL = 2000;

/** Progress on standard error: one line that changes on a terminal, now and then a plain line elsewhere. */
export function progressOf({ terminal, err, now }: Context): Progress {
  if (terminal) return { step: (text) => err(overwritten(text)), end: () => err(overwritten('')) };
  let last = now().getTime();
  return {
    step(text) {
      if (now().getTime() - last < INTERVAL) return;
      last = now().getTime();
      err(textLine(`${text}`));
    },
    end() {},
  };
}
