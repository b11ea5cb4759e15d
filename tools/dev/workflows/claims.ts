import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A line of a page's table, and what its last column says shows it. */
type Claim = { claim: string; shown: string };

/** The lines of all tables of a page, without their headings. Below "Not covered" nothing is claimed. */
export function claimsOf(text: string): Claim[] {
  const lines = text.split('\n## Not covered')[0]!.split('\n');
  const isRule = (line = '') => /^\|[ |:-]+\|$/.test(line);
  const rows = lines.filter((line, at) => /^\|.*\|$/.test(line) && !isRule(line) && !isRule(lines[at + 1]));
  return rows.map((row) => {
    const cells = row.split('|').map((cell) => cell.trim());
    return { claim: cells[1]!, shown: cells.at(-2)! };
  });
}

/** What is wrong with the tests that one line names: a file, and words of a test's name, `; ` between several. */
export function claimFaults({ claim, shown }: Claim): string[] {
  return shown.split(/; (?=`)/).flatMap((one) => {
    const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(one) ?? [];
    if (name === '') return [`${claim}: ${one} names no test`];
    if (!existsSync(`${root}${file}`)) return [`${claim}: there is no ${file}`];
    return hasTest(file, name) ? [] : [`${claim}: ${file} has no "${name}"`];
  });
}

/** The tests of the wire are whole strings, those of Rust functions; of others words of the name are enough. */
function hasTest(file: string, name: string): boolean {
  const text = readFileSync(`${root}${file}`, 'utf8');
  if (file.endsWith('.py')) return text.includes(`("${name}",`);
  return text.includes(file.endsWith('.rs') ? `fn ${name}(` : name);
}
