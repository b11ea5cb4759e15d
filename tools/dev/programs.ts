/**
 * `npm run programs [-- --from FOLDER] [--to FOLDER]`: packs the programs of the data plane, as cargo built them for this
 * system, as an npm package. Where it is installed, `npm start` runs them and asks for no cargo.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Fault, faultText } from '../contract/fault.ts';
import { end } from './end.ts';
import { packPrograms } from './programs/pack.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: {
    from: { type: 'string', default: 'images/target/release' },
    to: { type: 'string', default: 'images/dist' },
  },
});

try {
  const file = await packPrograms(root, resolve(root, values.from), resolve(root, values.to));
  process.stdout.write(`${file}\nin a clone: npm install --no-save ${file}\n`);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  end(faultText(error).trim());
}
