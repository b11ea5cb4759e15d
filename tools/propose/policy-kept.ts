/** A line by which a policy says in which quarter it was confirmed last: `# Still needed in 2026-q4.` */
const KEPT = /^# Still needed in (\d{4}-q[1-4])\.(?:\n|$)/gm;

/** Whether a policy's text says that it is still needed in a quarter, such as `2026-q4`. */
export const isKept = (text: string, quarter: string): boolean =>
  [...text.matchAll(KEPT)].some(([, said]) => said === quarter);

/** A policy's text that says so at its end, instead of what it said of another quarter; every other line stays. */
export function withKept(text: string, quarter: string): string {
  if (isKept(text, quarter)) return text;
  const rest = text.replace(KEPT, '');
  return `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}# Still needed in ${quarter}.\n`;
}
