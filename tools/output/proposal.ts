/** What became of a pull request that was to be open, in a sentence. */
export function proposalText({
  number,
  url,
  action,
}: {
  number: number;
  url: string;
  action: 'opened' | 'updated' | 'unchanged';
}): string {
  return `pull request ${number} ${action === 'unchanged' ? 'says this already' : `is ${action}`}: ${url}\n`;
}
