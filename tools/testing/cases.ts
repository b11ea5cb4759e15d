/**
 * How many random cases a test tries: `npm run test:fast` tries a quarter of them, and `ZTNA_CASES=10` ten times as many.
 * @param normal what `npm test` tries, in whole cases
 */
export function cases(normal: number): number {
  const factor = Number(process.env['ZTNA_CASES'] ?? 1);
  if (!(factor > 0)) throw new Error('ZTNA_CASES is a number above 0, such as 10');
  return Math.ceil(normal * factor);
}
