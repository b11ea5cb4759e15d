/** Milliseconds between two looks. */
const PAUSE = 25;

/**
 * Looks again and again until something is there. @returns what was found
 * @throws where it is not within so many milliseconds, with what was waited for
 */
export async function until<T>(
  what: string,
  milliseconds: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  for (const end = Date.now() + milliseconds; ;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${milliseconds} ms`);
    await pause(PAUSE);
  }
}

/** Waits. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
