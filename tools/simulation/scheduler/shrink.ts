/** A run: what is begun, and the choices that decide the rest. */
export interface Script<C> {
  commands: readonly C[];
  choices: Uint8Array;
}

/**
 * A smaller script that still goes wrong: without commands that are not needed, and with as few decisions as can be
 * that are not the ordinary ones. (fast-check's own way to a smaller one tries each byte of the choices by itself.)
 * @param tries how many scripts are tried at most
 */
export async function shrink<C>(
  script: Script<C>,
  goesWrong: (script: Script<C>) => Promise<boolean>,
  tries: number,
): Promise<Script<C>> {
  let [best, left] = [script, tries];
  const better = async (candidate: Script<C>): Promise<boolean> => {
    if (left <= 0 || !(await goesWrong(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let before = Infinity; sizeOf(best) < before && left > 0;) {
    before = sizeOf(best);
    for (let length = best.choices.length >> 1; length > 0; length >>= 1) {
      for (let at = best.choices.length - length; at >= 0 && left > 0; at -= length) {
        left -= 1;
        if (best.choices.subarray(at, at + length).some((byte) => byte > 0))
          await better(quieter(best, at, length));
      }
    }
    for (let at = best.commands.length - 1; at >= 0; at -= 1) {
      left -= 1;
      await better({ ...best, commands: best.commands.filter((_, index) => index !== at) });
    }
  }
  return best;
}

function sizeOf({ commands, choices }: Script<unknown>): number {
  return commands.length + choices.filter((byte) => byte > 0).length;
}

/** With some decisions made the ordinary ones, and without a tail of such. */
function quieter<C>({ commands, choices }: Script<C>, at: number, length: number): Script<C> {
  const quiet = Uint8Array.from(choices).fill(0, at, at + length);
  const end = quiet.findLastIndex((byte) => byte > 0) + 1;
  return { commands, choices: quiet.subarray(0, end) };
}
