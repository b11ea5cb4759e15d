/** A command as a page prints it, and what it says. */
export interface Step {
  /** Which terminal it is typed in; `says` is what the second one says by itself. */
  terminal: 'first' | 'second' | 'says';
  /** The lines typed, the first without `$ `; empty for `says`. */
  typed: string;
  /** What the page prints below them. */
  printed: string;
}

/** A page in pieces: its text as it is, and the steps between. */
export type PagePiece = string | Step;

/** What each kind of code block is: ` ```console ` is typed, ` ```console second ` in the other terminal. */
const BLOCKS: Readonly<Record<string, Step['terminal']>> = {
  console: 'first',
  'console second': 'second',
  'text second': 'says',
};

/** Takes a page apart. Blocks of other kinds are text. */
export function piecesOf(page: string): PagePiece[] {
  const parts = page.split(/^```(console|console second|text second)\n([\s\S]*?)^```$/m);
  return parts.flatMap((part, index): PagePiece[] => {
    if (index % 3 === 0) return [part];
    if (index % 3 === 1) return [];
    return stepsOf(BLOCKS[parts[index - 1]!]!, part);
  });
}

function stepsOf(terminal: Step['terminal'], block: string): Step[] {
  if (terminal === 'says') return [{ terminal, typed: '', printed: block }];
  return block
    .split(/^(?=\$ )/m)
    .filter((one) => one !== '')
    .map((one) => {
      const lines = one.slice(2).split('\n');
      const mark = /<<'(\w+)'/.exec(lines[0]!)?.[1];
      const end = mark === undefined ? 1 : lines.indexOf(mark) + 1;
      return { terminal, typed: lines.slice(0, end).join('\n'), printed: lines.slice(end).join('\n') };
    });
}

/** The page again. Steps that follow one another in one terminal share a block. */
export function pageOf(pieces: readonly PagePiece[]): string {
  const fence = Object.fromEntries(Object.entries(BLOCKS).map(([name, terminal]) => [terminal, name]));
  return pieces
    .map((piece, index) => {
      if (typeof piece === 'string') return piece;
      const [before, after] = [pieces[index - 1], pieces[index + 1]];
      const [opens, closes] = [before, after].map((one) => one === undefined || typeof one === 'string');
      const typed = piece.typed === '' ? '' : `$ ${piece.typed}\n`;
      return `${opens ? `\`\`\`${fence[piece.terminal]}\n` : ''}${typed}${piece.printed}${closes ? '```' : ''}`;
    })
    .join('');
}

/**
 * What is said, without what no two runs have in common: times, commits, how long it took, and where the admin panel
 * is, which is said whenever it is there.
 */
export function lasting(said: string): string {
  return said
    .replace(/^the admin panel: .*\n/gm, '')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>')
    .replace(/\b[0-9a-f]{7,40}\b/g, '<commit>')
    .replace(/\d+ ms\b/g, '<n> ms')
    .replace(/[ \t]+$/gm, '')
    .trim();
}
