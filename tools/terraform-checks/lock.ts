/** Writes the files that hold the provider's checksums: `npm run terraform:lock`, where the provider's registry can be reached. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault, faultText } from '../contract/fault.ts';
import { wrongLocks, writeLocks } from '../terraform/locks.ts';

/** @returns the exit status */
async function write(root: string): Promise<number> {
  try {
    const { signal } = new AbortController();
    await writeLocks({
      root,
      state: join(root, '.ztna'),
      env: process.env,
      tell: (line) => console.log(line),
      signal,
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.error(faultText(error));
    return 2;
  }
  const wrong = wrongLocks(root);
  for (const { path, reasons } of wrong) console.error(`${path} ${reasons.join('; ')}`);
  return wrong.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await write(fileURLToPath(new URL('../../', import.meta.url)));
