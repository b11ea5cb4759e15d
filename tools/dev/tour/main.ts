/** Plays docs/tour.md as it is printed, from an empty folder, and writes what the commands say now into it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pageOf, piecesOf } from './page.ts';
import { play } from './play.ts';

const file = fileURLToPath(new URL('../../../docs/tour.md', import.meta.url));
const page = readFileSync(file, 'utf8');
const played = pageOf(await play(piecesOf(page)));
if (played !== page) writeFileSync(file, played);
process.stdout.write(played === page ? 'the tour goes as it is printed\n' : 'docs/tour.md is written anew\n');
